using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Mars;

public class MarsRewardTests
{
    private static readonly IReward Math = new ScriptedReward((r, _) => new(RewardOutcome.FromVerdict(r.Response.Contains("42", StringComparison.Ordinal)) with { Reason = "read" }), "verifier");
    private static readonly IReward Judge = Reward.Create("judge", r => RewardOutcome.Scored(r.Response.Length));
    private static readonly IReward Format = Reward.Create("think", r => RewardOutcome.Scored(r.Response.StartsWith('<') ? 1 : 0));

    // The published form: rep over windows of 3 tokens, and w_rep = 0.1.
    private static readonly IReward Repetition = new RepetitionReward(new RepetitionOptions { Weight = 1, WindowLength = 3, MaxPeriod = 0 });

    [Theory]
    [InlineData(new[] { 1, 2, 3, 1, 2, 3, 1, 2, 3 }, 0.942857)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 1)]
    [InlineData(new[] { 7, 7, 7, 7, 7, 7, 7, 7, 7 }, 0.914286)]
    [InlineData(new[] { 7, 7 }, 1)]
    public async Task Score_RightAnswerThatRepeats_LosesALittle(int[] tokens, double expected)
    {
        var outcome = await Ask(new MarsReward(new MarsRewards { Verifiers = { ["math"] = Math }, Auxiliaries = { ["repetition"] = Repetition } }), "42", tokens: tokens);

        Assert.Equal(expected, outcome.Value!.Value, 6);
        Assert.True(outcome.Correct);
        Assert.Equal(1, outcome.Parts["math"]);
        Assert.Equal((expected - 1) / 0.1, outcome.Parts["repetition"], 4);
    }

    [Theory]
    [InlineData("<42", 1, true)]
    [InlineData("<41", 0, false)]
    [InlineData("42", -1, true)]
    [InlineData("41", -1, false)]
    public async Task Score_BrokenForm_CostsThePenaltyAndKeepsTheVerdict(string response, double value, bool correct)
    {
        var outcome = await Ask(new MarsReward(new MarsRewards { Verifiers = { ["math"] = Math }, Format = Format, Auxiliaries = { ["repetition"] = Repetition } }), response);

        Assert.Equal((value, correct), (outcome.Value, outcome.Correct));
        Assert.Equal(["format", "math", "repetition", "repetition/ngrams", "repetition/run"], outcome.Parts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("math: read", outcome.Reason);
    }

    [Fact]
    public async Task Score_BrokenFormNotJudged_AsksNothingElse()
    {
        var verifier = new ScriptedReward(RewardOutcome.FromVerdict(true));
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = verifier }, Format = Format }, new MarsOptions { Format = { JudgeBroken = false } });

        var broken = await Ask(mars, "42");
        Assert.Equal((-1.0, null, 0), (broken.Value, broken.Correct, verifier.Asked));
        var kept = await Ask(mars, "<42");
        Assert.Equal((1.0, true, 1), (kept.Value, kept.Correct, verifier.Asked));
    }

    [Fact]
    public async Task Score_BrokenForm_HasItsPenaltyWhateverBecomesOfThePrimary()
    {
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = new ScriptedReward(RewardOutcome.Unscored(RewardStatus.TimedOut, "late")) }, Format = Format });

        Assert.Equal(-1, (await Ask(mars, "42")).Value);
        Assert.Equal(RewardStatus.TimedOut, (await Ask(mars, "<42")).Status);
    }

    [Fact]
    public void Penalty_Default_LiesBelowTheLowestScoreOfEachSource()
    {
        var rewards = new MarsRewards
        {
            Verifiers = { ["math"] = Math, ["code"] = Math }, Preferences = { ["general"] = Judge }, Format = Format, Auxiliaries = { ["repetition"] = Repetition, ["length"] = Repetition },
        };
        var mars = new MarsReward(rewards, new MarsOptions { Sources = { ["code"] = new() { Lowest = -1, Weight = 2 } }, Auxiliaries = { ["length"] = new() { Weight = -0.25 } } });

        Assert.Equal([("math", -1.0), ("code", -2.35), ("general", -2.35)], mars.Sources.Select(s => (s.Name, System.Math.Round(s.Penalty, 12))));
    }

    [Fact]
    public async Task Score_HalfOfTheTestsPassed_IsTheStageOfTheVerifier()
    {
        var code = new ScriptedReward(RewardOutcome.Scored(0.1 + 0.9 * 0.5, false));

        Assert.Equal(0.55, (await Ask(new MarsReward(new MarsRewards { Verifiers = { ["code"] = code } }), "", "code")).Value!.Value, 12);
    }

    [Theory]
    [InlineData("math", "math")]
    [InlineData("GSM8K", "math")]
    [InlineData("general", "general")]
    [InlineData(null, "general")]
    [InlineData("poetry", "general")]
    public async Task Score_Task_SelectsExactlyOnePrimary(string? task, string expected)
    {
        var (math, general) = (new ScriptedReward(RewardOutcome.FromVerdict(true)), new ScriptedReward(RewardOutcome.Scored(5)));
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = math }, Preferences = { ["general"] = general } },
            new MarsOptions { DefaultSource = "general", Sources = { ["math"] = new() { Tasks = ["gsm8k", "math500"] } } });

        var outcome = await Ask(mars, "x", task);

        Assert.Equal(expected == "math" ? (1, 0) : (0, 1), (math.Asked, general.Asked));
        Assert.Contains(expected, outcome.Parts.Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("poetry")]
    public async Task Score_TaskOfNoSource_IsRefusedByName(string? task)
    {
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = Math } });

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Ask(mars, "x", task));

        Assert.Contains("Prompt 'q'", error.Message, StringComparison.Ordinal);
        Assert.Contains("math", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => mars.CheckRoutes([Prompt.FromText("a", "") with { Task = "math" }, Prompt.FromText("b", "") with { Task = task }]));
    }

    [Fact]
    public async Task Score_Preference_IsNormalisedPerSource()
    {
        var mars = new MarsReward(new MarsRewards
        {
            Preferences = { ["general"] = Reward.Create("judge", r => RewardOutcome.Scored(double.Parse(r.Response))), ["poetry"] = Reward.Create("critic", r => RewardOutcome.Scored(100 * double.Parse(r.Response))) },
        });
        await Step(mars, "general", "5", "6", "7");
        await Step(mars, "poetry", "1", "2", "3");

        var outcome = await Ask(mars, "8", "general");
        Assert.Equal((2.0, 2.0, 8.0), (outcome.Value, outcome.Parts["general"], outcome.Parts["general/raw"]));
        Assert.Equal(1, (await Ask(mars, "3", "poetry")).Value);
    }

    [Fact]
    public async Task Score_OutsideTheDeclaredRange_FailsAndNamesTheOption()
    {
        var outcome = await Ask(new MarsReward(new MarsRewards { Verifiers = { ["code"] = new ScriptedReward(RewardOutcome.Scored(-1, false)) } }), "", "code");

        Assert.Equal((RewardStatus.Failed, false), (outcome.Status, outcome.Correct));
        Assert.Contains("Sources.code.Lowest", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RewardStatus.NotApplicable, RewardStatus.Scored)]
    [InlineData(RewardStatus.TimedOut, RewardStatus.TimedOut)]
    [InlineData(RewardStatus.Failed, RewardStatus.Failed)]
    public async Task Score_AuxiliaryWithoutScore_IsLeftOutOnlyWhereItDoesNotApply(RewardStatus auxiliary, RewardStatus expected)
    {
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = Math }, Auxiliaries = { ["language"] = new ScriptedReward(RewardOutcome.Unscored(auxiliary, "why")) } });

        var outcome = await Ask(mars, "42");

        Assert.Equal((expected, true), (outcome.Status, outcome.Correct));
        Assert.Contains("language: why", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curriculum_PassRates_WeighTasksAndTerms()
    {
        var mars = new MarsReward(
            new MarsRewards { Verifiers = { ["math"] = Math }, Auxiliaries = { ["length"] = new ScriptedReward(RewardOutcome.Scored(-1)) } },
            new MarsOptions
            {
                PassRateMemory = 0.5, Curriculum = new() { Centre = 0.5, Width = 0.25, Floor = 0.2 },
                Auxiliaries = { ["length"] = new() { Weight = 0.4, FromPassRate = 0.25, FullPassRate = 0.75 } },
            });

        // Nothing is known: the whole primary reward, and no length term yet.
        var first = await Ask(mars, "42");
        Assert.Equal((1.0, 1.0, 0.0), (first.Value, first.Parts["weight/math"], first.Parts["weight/length"]));

        await Step(mars, "math", "42", "41");
        var half = await Ask(mars, "42");
        Assert.Equal((0.8, 1.0, 0.2), (half.Value, half.Parts["weight/math"], half.Parts["weight/length"]));

        // 0.5·0.5 + 0.5·1 = 0.75.
        await Step(mars, "math", "42", "42");
        var most = await Ask(mars, "42");
        Assert.Equal(0.2 + 0.8 * System.Math.Exp(-0.5), most.Parts["weight/math"], 12);
        Assert.Equal(0.4, most.Parts["weight/length"], 12);
    }

    [Fact]
    public async Task Curriculum_PassRates_ComeFromVerdictsAndNotFromScores()
    {
        var mars = new MarsReward(new MarsRewards { Verifiers = { ["math"] = Math }, Format = Format }, new MarsOptions { Curriculum = new() });

        // Right, but of broken form: the score is r_fmt, the verdict is right all the same.
        await Step(mars, "math", "42", "42");

        Assert.Equal(0.2 + 0.8 * System.Math.Exp(-0.25 / (2 * 0.04)), (await Ask(mars, "<42")).Parts["weight/math"], 12);
    }

    [Theory]
    [InlineData("<think>6·7</think>The answer is \\boxed{42}.", 1, true)]
    [InlineData("<think>6·7</think>The answer is \\boxed{41}.", 0, false)]
    [InlineData("The answer is \\boxed{42}.", -1, true)]
    public async Task Default_Mathematics_GoesThroughGateAndVerifier(string response, double value, bool correct)
    {
        var mars = new MarsReward(MarsRewards.Default(judge: Judge));

        var outcome = await mars.ScoreAsync(RewardRequest.Of(Prompt.FromText("q", "6·7?") with { Task = "math", Reference = "42" }, response, [1, 2, 3]), CancellationToken.None);

        Assert.Equal((value, correct), (outcome.Value, outcome.Correct));
        Assert.Equal(["general", "instruction", "math"], mars.Sources.Select(s => s.Name).Order());
    }

    private static Task<RewardOutcome> Ask(MarsReward mars, string response, string? task = "math", int[]? tokens = null) =>
        mars.ScoreAsync(RewardRequest.Of(Prompt.FromText("q", "?") with { Task = task }, response, tokens), CancellationToken.None).AsTask();

    internal static async Task Step(MarsReward mars, string task, params string[] responses)
    {
        var prompt = Prompt.FromText("q", "?") with { Task = task };
        var requests = responses.Select(r => RewardRequest.Of(prompt, r)).ToArray();
        var outcomes = await mars.ScoreAllAsync(requests);
        var group = new ScoredGroup(prompt, [.. requests.Zip(outcomes, (r, o) => new ScoredRollout(r.Rollout, o))]);
        foreach (var adaptive in mars.SelfAndInner().OfType<IAdaptiveReward>()) adaptive.Observe([group]);
    }
}
