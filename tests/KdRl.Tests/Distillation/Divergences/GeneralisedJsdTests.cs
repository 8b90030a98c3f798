using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Divergences;

[Collection("torch")]
public class GeneralisedJsdTests
{
    [Property(MaxTest = 20)]
    public void Exact_Ends_AreForwardAndReverseKl(int seed)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(seed);
        Near.Equal(ForwardKl.Exact(student, teacher), GeneralisedJsd.Exact(student, teacher, 0), 0);
        Near.Equal(ReverseKl.Exact(student, teacher), GeneralisedJsd.Exact(student, teacher, 1), 0);
        Near.Equal(ForwardKl.Exact(student, teacher), ReverseKl.Exact(teacher, student), 1e-12);
    }

    [Property(MaxTest = 20)]
    public void Exact_AtOneHalf_IsSymmetricBoundedAndNotNegative(int seed)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(seed);
        var value = GeneralisedJsd.Exact(student, teacher, .5);
        Near.Equal(value, GeneralisedJsd.Exact(teacher, student, .5), 1e-12);
        Assert.True(value.ge(-1e-12).all().item<bool>());
        Assert.True(value.le(Math.Log(2)).all().item<bool>());
    }

    [Property(MaxTest = 20)]
    public void Exact_SwappedModels_SwapBeta(int seed)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(seed);
        Near.Equal(GeneralisedJsd.Exact(student, teacher, .3), GeneralisedJsd.Exact(teacher, student, .7), 1e-12);
    }

    [Fact]
    public void Exact_TwoTokens_IsTheScalarFormula()
    {
        using var scope = NewDisposeScope();
        double[] s = [.1, .9], t = [.7, .3];
        const double beta = .3;
        var m = s.Zip(t, (a, b) => (1 - beta) * a + beta * b).ToArray();
        var expected = beta * Kl(t, m) + (1 - beta) * Kl(s, m);
        Near.Equal([expected], GeneralisedJsd.Exact(tensor(s).log(), tensor(t).log(), beta), 1e-12);

        static double Kl(double[] p, double[] q) => p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(.25)]
    [InlineData(1)]
    public void Exact_Gradient_IsThatOfFiniteDifferences(double beta)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = Pair(3);
        FiniteDifference.Check(student, x => GeneralisedJsd.Exact(x, teacher, beta));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(.5)]
    [InlineData(1)]
    public void Exact_PaddedVocabulary_HasFiniteGradient(double beta)
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { .3, -.7, double.NegativeInfinity }, requires_grad: true);
        GeneralisedJsd.Exact(student, tensor(new[] { 1, .2, double.NegativeInfinity }), beta).backward();
        Assert.True(student.grad!.isfinite().all().item<bool>());
        Assert.Equal(0, student.grad![2].item<double>());
    }

    [Fact]
    public void Exact_DisjointSupportsAtOneHalf_IsLogTwo()
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { 0, double.NegativeInfinity }, requires_grad: true);
        var value = GeneralisedJsd.Exact(student, tensor(new[] { double.NegativeInfinity, 0 }), .5);
        value.backward();
        Near.Equal([Math.Log(2)], value, 1e-12);
        Assert.True(student.grad!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(-.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Exact_BetaOutOfRange_Throws(double beta)
    {
        using var scope = NewDisposeScope();
        Assert.Equal("beta", Assert.Throws<ArgumentOutOfRangeException>(() => GeneralisedJsd.Exact(zeros(2), zeros(2), beta)).ParamName);
    }

    private static (Tensor Student, Tensor Teacher) Pair(int seed)
    {
        using var random = new Generator((ulong)seed);
        return (randn(4, 6, dtype: ScalarType.Float64, generator: random) * 2, randn(4, 6, dtype: ScalarType.Float64, generator: random) * 2);
    }
}
