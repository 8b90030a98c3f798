using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Shaping;

[Collection("torch")]
public class ShapingTests
{
    [Theory]
    [InlineData(1, .5, 1.2)]
    [InlineData(-1, .5, -.8)]
    [InlineData(1, .1, 1.105171)]
    [InlineData(0, 3, 0)]
    [InlineData(2, -1000, 1.6)]
    [InlineData(2, 1000, 2.4)]
    public void Rlsd_KnownPair_HasThePublishedAdvantage(double advantage, double d, double expected)
    {
        using var scope = NewDisposeScope();
        Near.Equal([expected], Rlsd.TokenAdvantages(tensor(new[] { advantage }), tensor(new[,] { { d } })), 1e-6);
        Near.Equal([advantage], Rlsd.TokenAdvantages(tensor(new[] { advantage }), tensor(new[,] { { d } }), mix: 0), 0);
    }

    [Property(MaxTest = 50)]
    public void Rlsd_AnyAdvantage_KeepsItsSign(int seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        var (advantages, d) = (randn(4, dtype: ScalarType.Float64, generator: random), randn(4, 5, dtype: ScalarType.Float64, generator: random));
        var shaped = Rlsd.TokenAdvantages(advantages, d, mix: .5);
        Assert.True(shaped.sign().eq(advantages.sign().unsqueeze(1)).all().item<bool>());
        Near.Equal(shaped, Rlsd.TokenAdvantages(advantages.unsqueeze(1).expand(4, 5), d, mix: .5), 0);
    }

    [Fact]
    public void Trrd_HalfWay_IsTheGeometricMeanOfBothRatios()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher) = (tensor(new[] { -1.0 }), tensor(new[] { -.6 }));
        Near.Equal([.818731], (lp - Trrd.AnchorLogProbs(lp, teacher)).exp(), 1e-6);
        Near.Equal([1], (lp - Trrd.AnchorLogProbs(lp, teacher, 1)).exp(), 0);
        Near.Equal([Math.Exp(-.4)], (lp - Trrd.AnchorLogProbs(lp, teacher, 0)).exp(), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Trrd.AnchorLogProbs(lp, teacher, 1.1));
    }

    [Fact]
    public void DistilledRl_KnownDifferences_HasThePublishedWeights()
    {
        using var scope = NewDisposeScope();
        var d = tensor(new[,] { { 0, Math.Log(9), -Math.Log(2), double.NaN }, { 0, 1, 2, 3 } });
        var mask = tensor(new[,] { { true, true, true, false }, { true, true, true, true } });
        var weights = DistilledRl.Weights(d, mask, tensor(new[] { 1.0, -1 }));
        Near.Equal([.873580, 2.620741, .436790, 1, 1, 1, 1, 1], weights, 1e-6);
        Assert.Equal(1, weights[0].prod().item<double>(), 12);
        Near.Equal([1, 1], DistilledRl.Weights(full(1, 2, double.NaN), zeros(1, 2, dtype: ScalarType.Bool), ones(1)), 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => DistilledRl.Weights(d, mask, tensor(new[] { 1.0, -1 }), 1));
        Assert.Throws<ArgumentException>(() => DistilledRl.Weights(d, mask, ones(3)));
    }

    [Fact]
    public void Luffy_KnownProbabilities_HasThePublishedShape()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new[] { .01, .1, 1 });
        Near.Equal([.090909, .5, .909091], Luffy.Shape(x), 1e-6);
        FiniteDifference.Check(x, p => Luffy.Shape(p), step: 1e-6, tolerance: 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Luffy.Shape(x, 0));
    }

    [Property(MaxTest = 50)]
    public void IwOpd_AnyRow_IsTheLoopFormula(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var (d, keep) = (new double[1, 6], new bool[1, 6]);
        for (var t = 0; t < 6; t++) (d[0, t], keep[0, t]) = (random.NextDouble() - .5, random.Next(3) > 0);
        var expected = new double[6];
        var total = Enumerable.Range(0, 6).Where(t => keep[0, t]).Sum(t => Math.Abs(d[0, t]));
        var before = 0.0;
        for (var t = 0; t < 6; t++)
        {
            if (!keep[0, t]) continue;
            expected[t] = (1 + .5 * (1 - before / Math.Max(total, 1e-8))) * d[0, t];
            before += Math.Abs(d[0, t]);
        }
        var poisoned = where(tensor(keep), tensor(d), double.PositiveInfinity);
        Near.Equal(expected, IwOpd.TokenAdvantages(poisoned, tensor(keep)), 1e-12);
        Near.Equal(tensor(d) * tensor(keep), IwOpd.TokenAdvantages(poisoned, tensor(keep), gamma: 0), 1e-12);
    }
}
