using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class SamplerCorrectionTests
{
    private static readonly bool[,] Valid = { { true, true, true }, { true, true, false } };

    private static Tensor Trainer() => tensor(new[,] { { Math.Log(2), Math.Log(.5), 0 }, { Math.Log(4), 0, double.NaN } });

    private static double[] Weights(ImportanceOptions options, out ImportanceResult result)
    {
        result = ImportanceCorrection.Compute(Trainer(), zeros([2, 3], ScalarType.Float64), tensor(Valid), options);
        return result.Weights.data<double>().ToArray();
    }

    private static void AssertClose(double[] expected, double[] found) => Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-12));

    [Fact]
    public void Compute_Truncate_MovesToTheBounds()
    {
        using var scope = NewDisposeScope();
        AssertClose([2, .8, 1, 3, 1, 0], Weights(new ImportanceOptions { Upper = 3, Lower = .8 }, out var result));
        Assert.Equal((4.0, .5, .2, .2), (Math.Round(result.Max, 12), Math.Round(result.Min, 12), result.FractionAbove, result.FractionBelow));
        Assert.Equal(7.8 / 5, result.Mean, 1e-12);
        Assert.Equal(7.8 * 7.8 / (5 * (4 + .64 + 1 + 9 + 1)), result.EffectiveSampleSize, 1e-12);
    }

    [Fact]
    public void Compute_Mask_DropsWhatIsOutside()
    {
        using var scope = NewDisposeScope();
        AssertClose([2, 0, 1, 0, 1, 0], Weights(new ImportanceOptions { Action = ImportanceAction.Mask, Upper = 3, Lower = .8 }, out _));
    }

    [Fact]
    public void Compute_Sequence_MultipliesOverTheRow()
    {
        using var scope = NewDisposeScope();
        AssertClose([1, 1, 1, 3, 3, 0], Weights(new ImportanceOptions { Level = ImportanceLevel.Sequence, Upper = 3 }, out _));
        AssertClose([1, 1, 1, 2, 2, 0], Weights(new ImportanceOptions { Level = ImportanceLevel.SequenceMean, Upper = 3 }, out _));
    }

    [Fact]
    public void Compute_BatchNormalise_GivesMeanOne()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(5, Weights(new ImportanceOptions { Upper = 3, BatchNormalise = true }, out _).Sum(), 1e-12);
    }

    [Theory]
    [InlineData(KlEstimator.K1, RejectionLevel.Token, .7, new[] { true, true, true, true, true, false })]
    [InlineData(KlEstimator.K1, RejectionLevel.Token, .6, new[] { true, false, true, true, true, false })]
    [InlineData(KlEstimator.K2, RejectionLevel.Token, .3, new[] { true, true, true, false, true, false })]
    [InlineData(KlEstimator.K2, RejectionLevel.SequenceSum, .5, new[] { true, true, true, false, false, false })]
    [InlineData(KlEstimator.K2, RejectionLevel.SequenceMean, .5, new[] { true, true, true, true, true, false })]
    [InlineData(KlEstimator.K2, RejectionLevel.SequenceMax, .5, new[] { true, true, true, false, false, false })]
    public void Keep_StatisticAboveUpper_Rejects(KlEstimator statistic, RejectionLevel level, double upper, bool[] expected)
    {
        using var scope = NewDisposeScope();
        var kept = Rejection.Keep(Trainer(), zeros([2, 3], ScalarType.Float64), tensor(Valid), new RejectionOptions { Statistic = statistic, Level = level, Upper = upper });
        Assert.Equal(expected, kept.data<bool>().ToArray());
    }

    [Fact]
    public void Evaluate_Importance_ScalesThePolicyTermAlone()
    {
        using var scope = NewDisposeScope();
        var (plain, weighted) = (KdrlOptions.Kdrl(.3), KdrlOptions.Kdrl(.3));
        weighted.Importance = new ImportanceOptions();
        var batch = StepFactory.Make(1, keepMask: true);
        var (a, b) = (new KdrlObjective(plain).Evaluate(batch, 0), new KdrlObjective(weighted).Evaluate(batch, 0));
        Assert.Equal(a.KdLoss.item<double>(), b.KdLoss.item<double>());
        Assert.NotEqual(a.RlLoss.item<double>(), b.RlLoss.item<double>());
    }

    [Fact]
    public void Prepare_LogProbsComeLater_WeighsInTheMicroBatches()
    {
        using var scope = NewDisposeScope();
        var options = KdrlOptions.Grpo();
        options.Importance = new ImportanceOptions { Level = ImportanceLevel.Sequence };
        var whole = StepFactory.Make(6, offPolicy: false);
        var bare = new TrainingBatch { Mask = whole.Mask, Group = whole.Group, Rewards = whole.Rewards, SamplerLogProbs = whole.SamplerLogProbs };
        using var step = new KdrlObjective(options).Prepare(bare, 0);
        var later = step.Evaluate(arange(0, 8, ScalarType.Int64), whole.LogProbs!).Loss.item<double>();
        Assert.Equal(new KdrlObjective(options).Evaluate(whole, 0).Loss.item<double>(), later, 1e-12);
        options.Importance.BatchNormalise = true;
        Assert.Equal("OldLogProbs", Assert.Throws<ArgumentException>(() => new KdrlObjective(options).Prepare(bare, 0)).ParamName);
    }

    [Theory]
    [InlineData(true, new[] { 0.0, 0, -.2, -.5, -.5 })]
    [InlineData(false, new[] { 0.0, 0, -.2, -.5, -1 })]
    public void Penalty_LengthsAroundTheLimit_FollowTheFormula(bool capped, double[] expected)
    {
        using var scope = NewDisposeScope();
        var found = SoftOverlong.Penalty(tensor(new[] { 10.0, 20, 22, 25, 30 }), new SoftOverlongOptions { MaxLength = 25, Buffer = 5, Factor = .5, Capped = capped });
        AssertClose(expected, found.data<double>().ToArray());
    }
}
