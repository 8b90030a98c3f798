using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Divergences;

[Collection("torch")]
public class ReverseKlTests
{
    [Theory]
    [InlineData(.5, -.5, .125, .148721)]
    [InlineData(-1, 1, .5, .367879)]
    [InlineData(2, -2, 2, 4.389056)]
    [InlineData(0, 0, 0, 0)]
    public void Estimate_KnownDifference_HasThePublishedValue(double d, double k1, double k2, double k3)
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (tensor(new[] { -3.0 }), tensor(new[] { d - 3.0 }));
        Near.Equal([k1], ReverseKl.Estimate(student, teacher, KlEstimator.K1), 1e-12);
        Near.Equal([k2], ReverseKl.Estimate(student, teacher, KlEstimator.K2), 1e-12);
        Near.Equal([k3], ReverseKl.Estimate(student, teacher, KlEstimator.K3), 5e-7);
    }

    [Fact]
    public void Estimate_FarApart_HasTheAnchorValues()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (tensor(new[] { -1.0, -1, -1 }), tensor(new[] { 0.0, -15, -30 }));
        Near.Equal([-1, 14, 29], ReverseKl.Estimate(student, teacher, KlEstimator.K1), 1e-12);
        Near.Equal([.5, 98, 420.5], ReverseKl.Estimate(student, teacher, KlEstimator.K2), 1e-12);
        Near.Equal([.7183, 13, 28], ReverseKl.Estimate(student, teacher, KlEstimator.K3), 5e-5);
    }

    [Property(MaxTest = 100)]
    public void Estimate_AnyPair_IsNotNegativeAndSeesTheDifferenceAlone(int seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        var (student, teacher) = (randn(2, 3, dtype: ScalarType.Float64, generator: random), randn(2, 3, dtype: ScalarType.Float64, generator: random));
        foreach (var estimator in Enum.GetValues<KlEstimator>())
        {
            var value = ReverseKl.Estimate(student, teacher, estimator);
            Assert.Equal(new long[] { 2, 3 }, value.shape);
            Near.Equal(value, ReverseKl.Estimate(student + 1.5, teacher + 1.5, estimator), 1e-9);
            Near.Equal(value.t(), ReverseKl.Estimate(student.t(), teacher.t(), estimator), 0);
            if (estimator != KlEstimator.K1) Assert.True(value.ge(0).all().item<bool>());
            Near.Equal(new double[6], ReverseKl.Estimate(student, student.clone(), estimator), 0);
        }
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void Estimate_Gradient_IsThatOfFiniteDifferences(KlEstimator estimator)
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(new[] { -1.0, -.2, -3 });
        FiniteDifference.Check(tensor(new[] { -.5, -2.0, -2.5 }), x => ReverseKl.Estimate(x, teacher, estimator));
    }

    [Fact]
    public void Estimate_K3NearZero_KeepsItsDigits()
    {
        using var scope = NewDisposeScope();
        // d²/2 to leading order; e^d − 1 − d without expm1 would round to 0 in float32.
        var value = ReverseKl.Estimate(zeros(1), tensor(new[] { 1e-3f }), KlEstimator.K3).item<float>();
        Assert.InRange(value, 4.4e-7f, 5.6e-7f);
    }

    [Fact]
    public void Estimate_TeacherWithGradient_Throws()
    {
        using var scope = NewDisposeScope();
        var teacher = zeros(2, requires_grad: true);
        Assert.Equal("teacherLogProbs", Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2), teacher, KlEstimator.K2)).ParamName);
        Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2), teacher * 2, KlEstimator.K2));
        Assert.Equal("teacherLogits", Assert.Throws<ArgumentException>(() => ReverseKl.Exact(zeros(2), teacher)).ParamName);
    }

    [Fact]
    public void Estimate_UnfitInput_Throws()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2), zeros(3), KlEstimator.K2));
        Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2), zeros(1), KlEstimator.K2));
        Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2), zeros(2, dtype: ScalarType.Float64), KlEstimator.K2));
        Assert.Throws<ArgumentException>(() => ReverseKl.Estimate(zeros(2, dtype: ScalarType.Int64), zeros(2), KlEstimator.K2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReverseKl.Estimate(zeros(2), zeros(2), (KlEstimator)7));
        Assert.Throws<ArgumentException>(() => ReverseKl.Exact(zeros(2, 3), zeros(2, 4)));
        Assert.Throws<ArgumentException>(() => ReverseKl.Exact(tensor(1f), tensor(1f)));
    }

    [Fact]
    public void Exact_Gradient_IsThatOfFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(5);
        var teacher = randn(2, 3, 5, dtype: ScalarType.Float64, generator: random);
        FiniteDifference.Check(randn(2, 3, 5, dtype: ScalarType.Float64, generator: random), x => ReverseKl.Exact(x, teacher));
    }

    [Fact]
    public void Exact_PaddedVocabulary_CountsForNothing()
    {
        using var scope = NewDisposeScope();
        var student = tensor(new[] { .3, -.7, 1.1, double.NegativeInfinity }, requires_grad: true);
        var teacher = tensor(new[] { 1, .2, -.5, double.NegativeInfinity });
        var value = ReverseKl.Exact(student, teacher);
        value.backward();
        Near.Equal([0.63919226], value, 5e-9);
        Near.Equal([-0.39071457, -0.16421103, 0.55492559, 0], student.grad!, 5e-9);
    }

    [Fact]
    public void Exact_TokenThatTheTeacherExcludes_IsInfinite()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(double.PositiveInfinity, ReverseKl.Exact(tensor(new[] { 0.0, 0 }), tensor(new[] { 0, double.NegativeInfinity })).item<double>());
        Near.Equal([Math.Log(2)], ReverseKl.Exact(tensor(new[] { 0, double.NegativeInfinity }), tensor(new[] { 0.0, 0 })), 1e-12);
    }
}
