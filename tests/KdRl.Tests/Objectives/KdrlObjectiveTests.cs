using KdRl.Distillation;
using KdRl.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class KdrlObjectiveTests
{
    [Fact]
    public void Evaluate_Metrics_SayWhatHappened()
    {
        using var scope = NewDisposeScope();
        var options = ReferenceBatch.Options();
        options.Distillation!.Term.Gate = DistillationGateKind.WrongResponses;
        var result = new KdrlObjective(options).Evaluate(ReferenceBatch.Batch(ReferenceBatch.LogProbs()), 0);
        var d = new[] { .5, -1, 0, -.3, 1, -.5, 1, -.4 };
        Assert.Equal(d.Average(), result.MeanD.item<double>(), 1e-12);
        Assert.Equal(d.Average(x => Math.Exp(x) - 1 - x), result.MeanK3.item<double>(), 1e-12);
        Assert.Equal(.75, result.GatedFraction.item<double>());
        Assert.Equal(.1, result.Beta);
        var read = result.ReadMetrics();
        Assert.Equal(result.Loss.item<double>(), read["loss"]);
        Assert.Equal(0, read["clip_ratio/region_mean"]);
        Assert.Equal(0, read["distillation/far_share"]);
        Assert.Equal(5 / 8.0, read["policy_gradient_l1"], 1e-12);
        Assert.Equal(.1 * 3.2 / 8, read["distillation/gradient_l1"], 1e-12);
    }

    [Fact]
    public void Prepare_Metrics_CountDeadGroupsAndMissingScores()
    {
        using var scope = NewDisposeScope();
        var whole = ReferenceBatch.Batch(ReferenceBatch.LogProbs());
        using var step = new KdrlObjective(ReferenceBatch.Options()).Prepare(whole, 0);
        Assert.Equal(.5, step.Metrics["frac_reward_zero_std"]);
        Assert.Equal(0, step.Metrics["advantages/unscored_rows"]);
        Assert.Equal((4, 8), (step.Rows, step.Tokens));
    }

    [Fact]
    public void Evaluate_RowWithoutScore_LeavesPolicyLossAndItsDenominator()
    {
        using var scope = NewDisposeScope();
        TrainingBatch Batch(bool[,] mask, double[] rewards) => new()
        {
            LogProbs = tensor(new[,] { { -1.0, -.5 }, { -.7, -1.2 }, { -.4, -2 } }, requires_grad: true),
            Mask = tensor(mask), Group = tensor(new long[] { 0, 0, 0 }), Rewards = tensor(rewards),
        };
        var objective = new KdrlObjective(KdrlOptions.Grpo());
        var unscored = Batch(new[,] { { true, true }, { true, false }, { true, true } }, [1, 0, double.NaN]);
        var absent = Batch(new[,] { { true, true }, { true, false }, { false, false } }, [1, 0, double.NaN]);
        Assert.True(StepGradient(objective, unscored).allclose(StepGradient(objective, absent), 1e-12, 1e-14));
    }

    private static Tensor StepGradient(KdrlObjective objective, TrainingBatch batch)
    {
        objective.Evaluate(batch, 0).Loss.backward();
        return batch.LogProbs!.grad!;
    }

    [Theory]
    [InlineData(1, .5, .2, 1.2)]
    [InlineData(-1, .5, .2, -.8)]
    [InlineData(1, .1, .2, 1.105171)]
    public void Evaluate_Multiply_KeepsTheSignOfTheAdvantage(double advantage, double d, double clip, double expected)
    {
        using var scope = NewDisposeScope();
        var options = KdrlOptions.Rlsd();
        options.Distillation!.MultiplyClip = clip;
        Assert.Equal(-expected, OneToken(options, advantage, d, 0), 1e-6);
    }

    [Fact]
    public void Evaluate_Ratio_MixesOldPolicyAndTeacher()
    {
        using var scope = NewDisposeScope();
        var options = KdrlOptions.Trrd();
        options.Policy.ClipLow = .5;
        Assert.Equal(-.818731, OneToken(options, 1, .4, 0, evaluate: r => r.Loss.item<double>()), 1e-6);
    }

    [Theory]
    [InlineData(0, .3)]
    [InlineData(59, .3)]
    [InlineData(60, 2)]
    public void Evaluate_OpdThenRl_SwitchesFromTeacherToReward(long step, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(-expected, OneToken(KdrlOptions.OpdThenRl(), 2, .3, step), 1e-12);
    }

    [Theory]
    [InlineData(1, .5)]
    [InlineData(1.25, .575)]
    public void Evaluate_Extrapolation_GoesPastTheTeacher(double lambda, double expected)
    {
        using var scope = NewDisposeScope();
        var options = KdrlOptions.Gopd();
        options.Distillation!.Term.Extrapolation = lambda;
        var batch = new TrainingBatch
        {
            LogProbs = tensor(new[,] { { -1.2 } }, requires_grad: true), TeacherLogProbs = tensor(new[,] { { -.7 } }), BaseLogProbs = tensor(new[,] { { -1.0 } }),
            Mask = tensor(new[,] { { true } }), Group = tensor(new long[] { 0 }),
        };
        Assert.Equal(-expected, StepGradient(new KdrlObjective(options), batch).item<double>(), 1e-12);
    }

    /// <summary>Gradient of the loss (or what else is asked for) of one token with the given advantage and d.</summary>
    private static double OneToken(KdrlOptions options, double advantage, double d, long step, Func<ObjectiveResult, double>? evaluate = null)
    {
        var batch = new TrainingBatch
        {
            LogProbs = tensor(new[,] { { -1.0 } }, requires_grad: true), TeacherLogProbs = tensor(new[,] { { -1.0 + d } }),
            Mask = tensor(new[,] { { true } }), Group = tensor(new long[] { 0 }), Advantages = tensor(new[] { advantage }),
        };
        var result = new KdrlObjective(options).Evaluate(batch, step);
        if (evaluate is not null) return evaluate(result);
        result.Loss.backward();
        return batch.LogProbs.grad!.item<double>();
    }

    [Fact]
    public void Evaluate_RewardShaping_AddsTheCentredDivergence()
    {
        using var scope = NewDisposeScope();
        var options = KdrlOptions.KdrlAdvantage(.1);
        (options.Advantage.Scale, options.Distillation!.Combination) = (AdvantageScale.None, Combination.RewardShaping);
        var batch = new TrainingBatch
        {
            LogProbs = tensor(new[,] { { -1.0 }, { -1 }, { -1 }, { -1 } }, requires_grad: true), TeacherLogProbs = tensor(new[,] { { -3.0 }, { -5 }, { -2 }, { -2 } }),
            Mask = ones([4, 1], ScalarType.Bool), Group = zeros(4, ScalarType.Int64), Rewards = tensor(new[] { 1.0, 0, 0, 0 }),
        };
        var found = StepGradient(new KdrlObjective(options), batch).data<double>().ToArray();
        Assert.All(found.Zip([.75, -.45, -.15, -.15]), p => Assert.Equal(-p.Second / 4, p.First, 1e-12));
    }

    [Fact]
    public void Prepare_TeacherNotFinite_NamesRowAndPosition()
    {
        using var scope = NewDisposeScope();
        var batch = StepFactory.Make(1, keepMask: true);
        batch.TeacherLogProbs![2, 0] = double.NegativeInfinity;
        var options = KdrlOptions.Kdrl();
        Assert.Contains("row 2, position 0", Assert.Throws<ArgumentException>(() => new KdrlObjective(options).Prepare(batch, 0)).Message);
        options.Distillation!.Term.LogProbFloor = -10;
        using var step = new KdrlObjective(options).Prepare(batch, 0);
        Assert.Equal(1, step.Metrics["distillation/floored_tokens"]);
    }

    [Fact]
    public void Evaluate_UnfitCalls_NameWhatIsMissing()
    {
        using var scope = NewDisposeScope();
        var full = StepFactory.Make(1, keepMask: true);
        var bare = new TrainingBatch { Mask = full.Mask, Group = full.Group, LogProbs = full.LogProbs };
        Assert.Equal("TeacherLogProbs", Assert.Throws<ArgumentException>(() => new KdrlObjective().Evaluate(bare, 0)).ParamName);
        Assert.Equal("Rewards", Assert.Throws<ArgumentException>(() => new KdrlObjective(KdrlOptions.Grpo()).Evaluate(bare, 0)).ParamName);
        using var step = new KdrlObjective(KdrlOptions.Grpo()).Prepare(full, 0);
        Assert.Equal("rows", Assert.Throws<ArgumentException>(() => step.Evaluate(tensor(new long[] { 8 }), full.LogProbs!.narrow(0, 0, 1))).ParamName);
        Assert.Equal("logProbs", Assert.Throws<ArgumentException>(() => step.Evaluate(tensor(new long[] { 0, 1 }), full.LogProbs!.narrow(0, 0, 1))).ParamName);
        var widest = full.Mask[.., 5].nonzero()[0];
        Assert.Contains("valid token in column", Assert.Throws<ArgumentException>(() => step.Evaluate(widest, full.LogProbs!.index_select(0, widest).narrow(1, 0, 1))).Message);
    }

    [Fact]
    public void Evaluate_ManySteps_LeavesNoTensorsBehind()
    {
        var objective = new KdrlObjective();
        long Live()
        {
            using (NewDisposeScope()) objective.Evaluate(StepFactory.Make(1), 0).Loss.backward();
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }
        Live();
        var before = Live();
        for (var i = 0; i < 20; i++) Live();
        Assert.Equal(before, Live());
    }
}
