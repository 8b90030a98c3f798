using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Updates;

/// <summary>What goes from scored groups into tensors and from updates into metrics.</summary>
[Collection("torch")]
public class UpdateDataTests
{
    [Fact]
    public void Build_RaggedRows_ArePaddedOnTheRight()
    {
        using var scope = NewDisposeScope();

        var batch = BatchBuilder.Build(StepRows.Of(Groups()), hasReward: true, [[-0.1f], [-0.2f, -0.3f], [-0.4f]], CPU);

        Assert.Equal([false, false, true, false, false, false, true, true, false, true, false, false], batch.Mask.data<bool>().ToArray());
        Assert.Equal([false, false, true, false, false, false, false, false, false, true, false, false], batch.EndOfSequence!.data<bool>().ToArray());
        Assert.Equal([0L, 0, 1], batch.Group.data<long>().ToArray());
        Assert.Equal([false, true, false], batch.Truncated!.data<bool>().ToArray());
        Assert.Equal([1, float.NaN, 0.5f], batch.Rewards!.data<float>().ToArray());
        Assert.Equal([1, float.NaN, 0], batch.Correct!.data<float>().ToArray());
        Assert.Equal([0, 0, -1, 0, 0, 0, -2, -3, 0, -4, 0, 0], batch.SamplerLogProbs!.data<float>().ToArray());
        Assert.Equal([0, 0, -0.1f, 0, 0, 0, -0.2f, -0.3f, 0, -0.4f, 0, 0], batch.OldLogProbs!.data<float>().ToArray());
        Assert.Null(batch.TeacherLogProbs);
    }

    [Fact]
    public void Build_InjectedTokens_TrainNothing()
    {
        using var scope = NewDisposeScope();
        var groups = Groups();
        var row = groups[0].Rollouts[1];
        groups[0] = new ScoredGroup(groups[0].Prompt, [groups[0].Rollouts[0], row with { Outcome = RewardOutcome.Scored(0), Rollout = row.Rollout with { Injected = [true, false] } }]);

        var batch = BatchBuilder.Build(StepRows.Of(groups), hasReward: true, null, CPU);
        using var prepared = new KdrlObjective(new KdrlOptions { Distillation = null }).Prepare(batch, 0);
        var logProbs = tensor(new[] { 0, 0, -1f, 0, 0, 0, float.NaN, -3, 0, -4, 0, 0 }).reshape(3, 4).requires_grad_();
        var result = prepared.Evaluate(tensor(new long[] { 0, 1, 2 }), logProbs);
        result.Loss.backward();

        Assert.Equal([false, false, true, false, false, false, false, true, false, true, false, false], batch.Mask.data<bool>().ToArray());
        Assert.Equal(3, prepared.Tokens);
        Assert.True(double.IsFinite(result.Loss.item<float>()));
        Assert.Equal(0, logProbs.grad!.data<float>()[6]);
        Assert.NotEqual(0, logProbs.grad!.data<float>()[7]);
    }

    [Fact]
    public void Of_InjectedTokens_AreInNoStatistic()
    {
        var groups = Groups();
        var row = groups[0].Rollouts[1];
        groups[0] = new ScoredGroup(groups[0].Prompt, [groups[0].Rollouts[0], row with { Rollout = row.Rollout with { Injected = [true, false] } }]);
        var log = new UpdateLog(3);
        log.Row(0, [-1.5f], [0.5f], null);
        log.Row(1, [-2000f, -3f], [1000, 1.5f], null);
        log.Row(2, [-3f], [1], null);

        var metrics = StepMetrics.Of(new CollectedStep(groups, groups, 1, 0.25, 0.75, 0, 0), log.Result(1));

        Assert.Equal(1, metrics[MetricNames.Entropy], 6);
        Assert.Equal(1, metrics[MetricNames.MismatchMax], 6);
        Assert.Equal(2, groups[0].Statistics.Entropy, 6);
    }

    [Fact]
    public void Part_OfGroups_KeepsTheirNumbersInTheStep()
    {
        var part = StepRows.Of(Groups()).Part([1]);

        Assert.Equal([2], part.Numbers);
        Assert.Equal([2], part.Lengths);
    }

    [Fact]
    public void Of_KnownStep_GivesTheNumbersByHand()
    {
        var log = new UpdateLog(3);
        log.Row(0, [-1.5f], [0.5f], null);
        log.Row(1, [-2f, -3f], [1, 1.5f], null);
        log.Row(2, [-3f], [0], null);
        log.Row(2, [-9f], [9], null);
        log.Applied(2, new Dictionary<string, double> { ["loss"] = 1, ["distillation/k3"] = 0, ["kl"] = 0 });
        log.Applied(4, new Dictionary<string, double> { ["loss"] = 2, ["distillation/k3"] = 0, ["kl"] = 0 });

        var metrics = StepMetrics.Of(new CollectedStep(Groups(), Groups(), 1, 0.25, 0.75, 0, 0), log.Result(1));

        Assert.Equal(0.75, metrics[MetricNames.Reward]);
        Assert.Equal(0.25, metrics[MetricNames.ZeroStd]);
        Assert.Equal((0.5, 1.0), (metrics[MetricNames.Accuracy], metrics[MetricNames.Unscored]));
        Assert.Equal((0.0, 1 / 3.0), (metrics[MetricNames.TimedOut], metrics[MetricNames.Failed]));
        Assert.Equal((1.5, 3.0), (metrics[MetricNames.Loss], metrics[MetricNames.GradNorm]));
        Assert.Equal(0.75, metrics[MetricNames.Entropy], 6);
        Assert.Equal((1.0, 2.0), (metrics[MetricNames.MinLength], metrics[MetricNames.MaxLength]));
        Assert.Equal(4 / 3.0, metrics[MetricNames.MeanLength], 9);
        Assert.Equal(1.0, metrics[MetricNames.MeanTerminatedLength]);
        Assert.Equal(1 / 3.0, metrics[MetricNames.ClippedRatio], 9);
        // Sampler minus trainer: 0.5, 0, 0, -1.
        Assert.Equal(0.375, metrics[MetricNames.MismatchMean], 6);
        Assert.Equal(1, metrics[MetricNames.MismatchMax], 6);
        Assert.Equal(Math.Exp(-0.5), metrics[MetricNames.RatioMin], 6);
        Assert.Equal(Math.E, metrics[MetricNames.RatioMax], 6);
        Assert.Equal((Math.Exp(-0.5) + 2 + Math.E) / 4, metrics[MetricNames.RatioMean], 6);
        Assert.DoesNotContain("distillation/k3", metrics.Keys);
        Assert.DoesNotContain(MetricNames.Kl, metrics.Keys);
    }

    [Fact]
    public void Of_EveryUpdateSkipped_StaysVisible()
    {
        var log = new UpdateLog(3);
        log.Skipped("the loss was NaN", [1, 0]);

        var result = log.Result(1);
        var metrics = StepMetrics.Of(new CollectedStep(Groups(), Groups(), 0, 0, 0, 0, 0), result);

        Assert.Equal([0, 1], result.SkippedRows);
        Assert.True(double.IsNaN(metrics[MetricNames.Loss]) && double.IsNaN(metrics[MetricNames.GradNorm]));
    }

    private static ScoredGroup[] Groups() =>
    [
        new(Prompt.FromText("a", ""), [Row("a", [1, 2], [5], [-1], FinishReason.Stop, RewardOutcome.Scored(1, correct: true)),
            Row("a", [1, 2], [5, 6], [-2, -3], FinishReason.Length, RewardOutcome.Unscored(RewardStatus.Failed, "broken"))]),
        new(Prompt.FromText("b", ""), [Row("b", [3], [7], [-4], FinishReason.Stop, RewardOutcome.Scored(0.5, correct: false))]),
    ];

    private static ScoredRollout Row(string prompt, int[] promptTokens, int[] completion, float[] logProbs, FinishReason finish, RewardOutcome outcome) =>
        new(new Rollout { PromptId = prompt, PromptTokens = promptTokens, CompletionTokens = completion, LogProbs = logProbs, FinishReason = finish, PolicyVersion = 0, Text = "" }, outcome);
}
