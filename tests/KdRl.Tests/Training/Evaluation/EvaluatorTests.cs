using System.Runtime.CompilerServices;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Training;

namespace KdRl.Tests.Training.Evaluation;

public class EvaluatorTests
{
    [Fact]
    public async Task RunAsync_SeveralSamples_GivesPassAtOneAndPassAtK()
    {
        // Right answers of four: 1 and 4; one prompt has an answer without a verdict.
        var engine = new ScriptedEngine(["r", "w", "w", "w"], ["r", "r", "r", "r"], ["r", "w", "?", "w"]);
        var reward = Reward.Create("script", r => r.Response == "?" ? RewardOutcome.Unscored(RewardStatus.Failed, "broken") : RewardOutcome.FromVerdict(r.Response == "r"));
        var evaluator = new Evaluator(engine, reward, [.. "abc".Select(c => Prompt.FromText($"{c}", "x"))],
            new EvaluationOptions { SamplesPerPrompt = 4, Temperature = 1, K = 2 }, new SamplingOptions { MaxNewTokens = 9, StopTokens = [0] }, seed: 5);

        var report = await evaluator.RunAsync(12, default);

        Assert.Equal((0.25 + 1 + 1.0 / 3) / 3, report.Accuracy, 12);
        Assert.Equal((0.5 + 1 + 2.0 / 3) / 3, report.PassAtK, 12);
        Assert.Equal((12, 1, 6 / 11.0), (report.Step, report.Unscored, report.MeanReward));
        Assert.Equal(report.PassAtK, report.Metrics["eval_pass@2"]);
        Assert.Equal((4, 9, 1.0, 5L), (engine.Options!.GroupSize, engine.Options.MaxNewTokens, engine.Options.Temperature, engine.Options.Seed));
    }

    [Fact]
    public async Task RunAsync_AnySamplingOption_ArrivesAtTheEngineUnlessTheEvaluationSetsIt()
    {
        var engine = new ScriptedEngine(["r"]);
        var training = Samplings.Unusual();
        var evaluator = new Evaluator(engine, Reward.Create("script", _ => RewardOutcome.FromVerdict(true)), [Prompt.FromText("a", "x")], new EvaluationOptions(), training, seed: 5);

        await evaluator.RunAsync(0, default);

        string[] own = [nameof(SamplingOptions.GroupSize), nameof(SamplingOptions.Temperature), nameof(SamplingOptions.TopK), nameof(SamplingOptions.TopP), nameof(SamplingOptions.MinP), nameof(SamplingOptions.Seed)];
        Assert.Equal(own.Order(), Samplings.Different(training, engine.Options!).Order());
        Assert.Equal(training with { GroupSize = 1, Temperature = 0, TopK = 0, TopP = 1, MinP = 0, Seed = 5 }, engine.Options);
    }

    private sealed class ScriptedEngine(params string[][] answers) : IRolloutEngine
    {
        public long PolicyVersion { get; set; }

        public SamplingOptions? Options { get; private set; }

        public async IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, [EnumeratorCancellation] CancellationToken ct)
        {
            Options = options;
            for (var i = 0; i < prompts.Count; i++)
            {
                await Task.Yield();
                yield return new RolloutGroup(prompts[i], [.. answers[i].Select(a => new Rollout
                {
                    PromptId = prompts[i].Id, PromptTokens = [1], CompletionTokens = [2], LogProbs = [-1], FinishReason = FinishReason.Stop, PolicyVersion = 0, Text = a,
                })]);
            }
        }
    }
}
