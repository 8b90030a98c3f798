using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.TestSupport;
using KdRl.Tests.Rewards.Judges;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.Tests.Training;

/// <summary>Training on a judge that answers over HTTP and misbehaves.</summary>
[Collection("torch")]
public class JudgedRunTests
{
    private static readonly ServerAct[] Passing =
        [ServerAct.ServerError, ServerAct.TooManyRequests, ServerAct.AbortAtOnce, ServerAct.CutBody, ServerAct.Html, ServerAct.Prose, ServerAct.OtherCode, ServerAct.TwoVerdicts];

    [Fact]
    public async Task RunAsync_JudgeUnderFaults_TrainsAsOnTheSameScoresAndGaps()
    {
        // The judge compares an answer with the reference, like the rule, and cannot judge answers that begin with a 3.
        await using var server = await JudgeServer.StartAsync(
            r => r.Block("final answer").StartsWith('3') ? ServerAct.BadRequest : r.Call % 3 == 0 ? Passing[r.Call / 3 % Passing.Length] : ServerAct.QuoteThenVerdict,
            r => $"\"verdict\": \"{(r.Block("final answer") == r.Block("reference") ? "same" : "different")}\"");
        using var client = server.Client();
        using var judge = new JudgeReward(client, new ReferenceJudgeTask(), Patient());
        var rule = Reward.Create("rule", r => r.Response.StartsWith('3') ? RewardOutcome.Unscored(RewardStatus.Failed, "cannot judge it") : RewardOutcome.FromVerdict(r.Response == r.Prompt.Reference));

        var (judged, reports) = await Train(judge);
        var (ruled, _) = await Train(rule);

        Assert.Equal(ruled, judged);
        Assert.Contains(reports, r => r[MetricNames.Unscored] > 0);
        Assert.True(server.Faults > 50, $"{server.Faults} faults");
        foreach (var report in reports)
        {
            var outcomes = report.Groups.SelectMany(g => g.Rollouts).Select(r => r.Outcome).ToArray();
            Assert.Equal(outcomes.Count(o => o.Value is null), report[MetricNames.Unscored]);
            Assert.Equal(outcomes.Where(o => o.Value is not null).Average(o => o.Value!.Value), report[MetricNames.Reward], 9);
        }
    }

    [Fact]
    public async Task ScoreAsync_PairwiseUnderFaults_GroupsAreThoseOfTheScored()
    {
        // The higher number is the better answer; multiples of 5 are never judged, multiples of 7 make the judge contradict itself.
        static int Number(ScriptedRequest r, string label) => int.Parse(r.Block(label));
        await using var server = await JudgeServer.StartAsync(
            r => Ours(r) % 5 == 0 ? ServerAct.Unauthorized : r.Call % 2 == 0 ? Passing[r.Call / 2 % Passing.Length] : ServerAct.Verdict,
            r => $"\"winner\": \"{(Ours(r) % 7 == 0 || Number(r, "answer A") > Number(r, "answer B") ? "A" : "B")}\"");
        using var client = server.Client();
        using var judge = new JudgeReward(client, new PairwiseJudgeTask(), Patient());
        var scorer = new RewardScorer(judge, concurrency: 16);
        var prompts = Enumerable.Range(0, 6).Select(p => Prompt.FromText($"p{p}", "Which number?") with { Reference = "1000" }).ToArray();

        var groups = await Task.WhenAll(prompts.Select((p, g) => scorer.ScoreAsync(Group(p, Enumerable.Range(0, 8).Select(j => Answer(g, j))), default)));

        for (var g = 0; g < groups.Length; g++)
        {
            double?[] expected = [.. Enumerable.Range(0, 8).Select(j => Answer(g, j)).Select(n => n % 5 == 0 ? (double?)null : n % 7 == 0 ? 0.5 : n > 1000 ? 1 : 0)];
            Assert.Equal(expected, groups[g].Rollouts.Select(r => r.Outcome.Value));
            Assert.Equal(expected.Count(v => v is not null), groups[g].Statistics.Scored);
            Assert.Equal(expected.Average(), groups[g].Statistics.MeanReward);
        }
        Advantages_OfGroups_AreThoseWithoutTheUnscored(groups);
    }

    private static void Advantages_OfGroups_AreThoseWithoutTheUnscored(IReadOnlyList<ScoredGroup> groups)
    {
        using var scope = NewDisposeScope();
        var all = BatchBuilder.Build(StepRows.Of(groups), hasReward: true, null, CPU);
        var kept = BatchBuilder.Build(StepRows.Of([.. groups.Select(g => new ScoredGroup(g.Prompt, [.. g.Rollouts.Where(r => r.Outcome.Value is not null)]))]), hasReward: true, null, CPU);
        var (mixed, clean) = (GroupAdvantage.Compute(all.Rewards!, all.Group, new AdvantageOptions()), GroupAdvantage.Compute(kept.Rewards!, kept.Group, new AdvantageOptions()));
        var scored = groups.SelectMany(g => g.Rollouts).Select(r => r.Outcome.Value is not null).ToArray();
        var values = mixed.data<float>().ToArray();

        Assert.Equal(clean.data<float>().ToArray(), values.Where((_, i) => scored[i]));
        Assert.All(values.Where((_, i) => !scored[i]), v => Assert.Equal(0, v));
        Assert.Contains(values, v => v != 0);
        Assert.Contains(false, scored);
    }

    private static async Task<(string Hash, List<StepReport> Reports)> Train(IReward reward)
    {
        using var toy = new ToyRun { Reward = reward };
        using var trainer = toy.Trainer(ToyRun.Options(8));
        var reports = new List<StepReport>();
        await foreach (var report in trainer.RunAsync()) reports.Add(report);
        return (toy.Hash(), reports);
    }

    private static JudgeOptions Patient() => new()
    {
        MaxReasks = 20,
        EmptyAnswers = [],
        Calls = new() { MaxRetries = 20, FirstDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) },
    };

    private static int Answer(int group, int sample) => 990 + (group * 3) + (sample * 4);

    /// <summary>The answer of the two that is not the rival.</summary>
    private static int Ours(ScriptedRequest r) => int.Parse(r.Block(r.Block("answer A") == "1000" ? "answer B" : "answer A"));

    private static RolloutGroup Group(Prompt prompt, IEnumerable<int> answers) => new(prompt, [.. answers.Select(n => new Rollout
    {
        PromptId = prompt.Id, PromptTokens = [1], CompletionTokens = [n % 6], LogProbs = [-1], FinishReason = FinishReason.Stop, PolicyVersion = 0, Text = $"{n}",
    })]);
}
