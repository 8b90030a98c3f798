using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class LossAggregationTests
{
    [Theory]
    [InlineData(LossAggregation.TokenMean, 13 / 4.0)]
    [InlineData(LossAggregation.TokenSum, 13)]
    [InlineData(LossAggregation.SequenceMeanOfTokenMeans, (1.5 + 5) / 2)]
    [InlineData(LossAggregation.SequenceMeanOfTokenSums, 13 / 2.0)]
    [InlineData(LossAggregation.SequenceSumOverConstant, 13 / 6.0)]
    public void Aggregate_RaggedRows_FollowsTheFormula(LossAggregation mode, double expected)
    {
        using var scope = NewDisposeScope();
        var loss = tensor(new[,] { { 1.0, 2, 30 }, { 4, 50, 6 }, { 9, 9, 9 } });
        var mask = tensor(new[,] { { true, true, false }, { true, false, true }, { false, false, false } });
        Assert.Equal(expected, LossAggregation.Aggregate(loss, mask, mode).item<double>(), 1e-12);
        Assert.Equal(expected, LossAggregations.Aggregate(loss, mask, mode).item<double>(), 1e-12);
    }

    [Fact]
    public void Aggregate_TokenSumTimesRanks_GivesAnchor()
    {
        using var scope = NewDisposeScope();
        var found = LossAggregation.Aggregate(tensor(new[,] { { 1.0, 2, 30 }, { 4, 50, 6 } }), tensor(new[,] { { true, true, false }, { true, false, true } }), LossAggregation.TokenSum);
        Assert.Equal(52, 4 * found.item<double>());
    }

    [Theory]
    [InlineData(LossAggregation.TokenMean)]
    [InlineData(LossAggregation.TokenSum)]
    [InlineData(LossAggregation.SequenceMeanOfTokenMeans)]
    [InlineData(LossAggregation.SequenceMeanOfTokenSums)]
    [InlineData(LossAggregation.SequenceSumOverConstant)]
    public void Aggregate_NothingValid_IsZeroWithZeroGradient(LossAggregation mode)
    {
        using var scope = NewDisposeScope();
        var loss = full([2, 3], double.NaN, ScalarType.Float64).requires_grad_();
        var found = LossAggregation.Aggregate(loss, zeros([2, 3], ScalarType.Bool), mode);
        found.backward();
        Assert.Equal(0, found.item<double>());
        Assert.Equal(0, loss.grad!.abs().sum().item<double>());
    }

    [Fact]
    public void Aggregate_WithoutStepCounts_IsTooLargeByTheNumberOfMicroBatches()
    {
        using var scope = NewDisposeScope();
        var (loss, mask) = (tensor(new[,] { { 1.0, 1 }, { 1, 1 } }), ones([2, 2], ScalarType.Bool));
        var counts = LossDenominator.Of(mask);
        double Parts(LossDenominator? step) => Enumerable.Range(0, 2).Sum(i =>
            LossAggregation.Aggregate(loss.narrow(0, i, 1), mask.narrow(0, i, 1), LossAggregation.TokenMean, step).item<double>());
        Assert.Equal(1, LossAggregation.Aggregate(loss, mask, LossAggregation.TokenMean).item<double>());
        Assert.Equal(1, Parts(counts));
        Assert.Equal(2, Parts(null));
    }

    [Fact]
    public void Aggregate_ConstantMissing_IsRefused()
    {
        using var scope = NewDisposeScope();
        var (loss, mask) = (ones([1, 2]), ones([1, 2], ScalarType.Bool));
        Assert.Throws<ArgumentException>(() => LossAggregation.Aggregate(loss, mask, LossAggregation.SequenceSumOverConstant, new LossDenominator(2, 1)));
        Assert.Throws<ArgumentException>(() => LossAggregation.Aggregate(loss, ones([2, 2], ScalarType.Bool), LossAggregation.TokenMean));
    }
}
