using FsCheck.Xunit;
using KdRl.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Terms;

[Collection("torch")]
public class TeacherTermTests
{
    private static readonly TeacherTermOptions[] SampledForms =
    [
        new(),
        new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage },
        new() { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, Discount = .9, DifferenceClip = 2, DifferenceFloor = -1 },
        new() { Estimator = KlEstimator.K1, Path = GradientPath.ReweightedLoss },
        new() { Estimator = KlEstimator.K3, Path = GradientPath.ReweightedLoss },
        new() { Estimator = KlEstimator.K3, AllowForwardKlGradient = true },
    ];

    [Fact]
    public void Evaluate_Defaults_AreHalfTheSquaredDifference()
    {
        using var scope = NewDisposeScope();
        var lp = tensor(new double[,] { { -1, -.5, -2 }, { -.7, -1.2, 9 } }, requires_grad: true);
        var teacher = tensor(new double[,] { { -.5, -1.5, -2 }, { -1, -.2, 9 } });
        var mask = tensor(new[,] { { true, true, true }, { true, true, false } });
        var result = new TeacherTerm().Evaluate(lp, teacher, mask);
        result.LossPerToken!.sum().backward();
        Near.Equal([.125, .5, 0, .045, .5, 0], result.Value, 1e-12);
        Near.Equal([.5, -1, 0, -.3, 1, 0], result.Difference!, 1e-12);
        Near.Equal([-.5, 1, 0, .3, -1, 0], lp.grad!, 1e-12);
        Assert.Null(result.TokenAdvantage);
        Assert.False(result.Value.requires_grad);
        Assert.Equal((0, 0), (result.FlooredTokens, result.ClippedTokens));
    }

    [Property(MaxTest = 60)]
    public void Evaluate_PoisonedPadding_ChangesNothing(int seed)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        var (lp, teacher) = (-rand(3, 5, dtype: ScalarType.Float64, generator: random) * 4, -rand(3, 5, dtype: ScalarType.Float64, generator: random) * 4);
        var mask = rand(3, 5, generator: random) < .6;
        foreach (var options in SampledForms)
        {
            var clean = Run(options, lp, teacher, mask);
            foreach (var poison in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300 })
            {
                var poisoned = Run(options, where(mask, lp, poison), where(mask, teacher, poison), mask);
                Assert.Equal(clean.Value, poisoned.Value);
                Assert.Equal(clean.Gradient, poisoned.Gradient);
            }
            Assert.All(clean.Gradient.Zip(mask.data<bool>().ToArray()), cell => Assert.True(cell.Second || cell.First == 0));
        }
    }

    [Fact]
    public void Evaluate_EverythingMasked_IsZeroWithZeroGradient()
    {
        using var scope = NewDisposeScope();
        foreach (var options in SampledForms)
        {
            var (value, gradient) = Run(options, full(2, 3, double.NaN), full(2, 3, double.NaN), zeros(2, 3, dtype: ScalarType.Bool));
            Assert.All(value.Concat(gradient), x => Assert.Equal(0, x));
        }
    }

    [Fact]
    public void Evaluate_TeacherEqualsStudent_IsZero()
    {
        using var scope = NewDisposeScope();
        var lp = tensor(new double[,] { { -1, -2 } });
        foreach (var options in SampledForms.Where(o => (o.Estimator, o.Path) != (KlEstimator.K1, GradientPath.ReweightedLoss)))
        {
            var (value, gradient) = Run(options, lp, lp.clone(), ones(1, 2, dtype: ScalarType.Bool));
            Assert.All(value.Concat(gradient), x => Assert.Equal(0, x));
        }
    }

    [Fact]
    public void Evaluate_LossForms_HaveTheGradientOfFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(new double[,] { { -1, -.2, -3 } });
        var mask = tensor(new[,] { { true, true, false } });
        var at = tensor(new double[,] { { -.5, -2, -1 } });
        foreach (var options in SampledForms.Where(o => o.Path == GradientPath.Loss))
            FiniteDifference.Check(at, x => new TeacherTerm(options).Evaluate(x, teacher, mask).LossPerToken!);
    }

    [Fact]
    public void Evaluate_Extrapolation_IsTheGOpdAdvantage()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher, start) = (full(1, 1, -1.2), full(1, 1, -.7), full(1, 1, -1.0));
        var mask = ones(1, 1, dtype: ScalarType.Bool);
        var options = new TeacherTermOptions { Estimator = KlEstimator.K1, Path = GradientPath.Advantage };
        Near.Equal([.5], new TeacherTerm(options).Evaluate(lp, teacher, mask).TokenAdvantage!, 1e-6);
        options.Extrapolation = 1.25;
        var term = new TeacherTerm(options);
        Near.Equal([.575], term.Evaluate(lp, teacher, mask, start).TokenAdvantage!, 1e-6);
        Assert.Contains("baseLogProbs", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, teacher, mask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_EndOfSequenceMasked_LeavesItOut()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher) = (tensor(new double[,] { { -1, -1 } }), tensor(new double[,] { { -2, double.NegativeInfinity } }));
        var (mask, end) = (ones(1, 2, dtype: ScalarType.Bool), tensor(new[,] { { false, true } }));
        var term = new TeacherTerm(new TeacherTermOptions { MaskEndOfSequence = true });
        var result = term.Evaluate(lp, teacher, mask, endOfSequence: end);
        Near.Equal([.5, 0], result.Value, 1e-12);
        Assert.Equal(new[] { true, false }, result.Mask.data<bool>().ToArray());
        Assert.Equal("endOfSequence", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, teacher, mask)).ParamName);
    }

    [Fact]
    public void Evaluate_LogProbFloor_RaisesAndCounts()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher) = (tensor(new double[,] { { -1, -1, -1, -1 } }), tensor(new double[,] { { double.NegativeInfinity, -30, -2, double.NegativeInfinity } }));
        var mask = tensor(new[,] { { true, true, true, false } });
        var result = new TeacherTerm(new TeacherTermOptions { LogProbFloor = -10 }).Evaluate(lp, teacher, mask);
        Near.Equal([-9, -9, -1, 0], result.Difference!, 1e-12);
        Assert.Equal(2, result.FlooredTokens);
    }

    [Fact]
    public void Evaluate_ClipAndFloor_CutAndCountButLogTheWhole()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher) = (zeros(1, 4, dtype: ScalarType.Float64), tensor(new double[,] { { -5, -.5, 5, -1.5 } }));
        var options = new TeacherTermOptions { Estimator = KlEstimator.K1, Path = GradientPath.Advantage, DifferenceClip = 2, DifferenceFloor = TeacherReward.ReopoldFloor(.25) };
        var result = new TeacherTerm(options).Evaluate(lp, teacher, ones(1, 4, dtype: ScalarType.Bool));
        Near.Equal([-1.098612, -.5, 2, -1.098612], result.TokenAdvantage!, 1e-6);
        Near.Equal([-5, -.5, 5, -1.5], result.Difference!, 0);
        Assert.Equal(3, result.ClippedTokens);
    }

    [Fact]
    public void Evaluate_NotFiniteInsideTheMask_NamesRowAndPosition()
    {
        using var scope = NewDisposeScope();
        var (good, mask) = (zeros(2, 3), ones(2, 3, dtype: ScalarType.Bool));
        var bad = zeros(2, 3);
        bad[1, 2] = float.NaN;
        var term = new TeacherTerm();
        Assert.Contains("'logProbs' is NaN at row 1, position 2", Assert.Throws<ArgumentException>(() => term.Evaluate(bad, good, mask)).Message, StringComparison.Ordinal);
        Assert.Contains("'teacherLogProbs' is NaN at row 1, position 2", Assert.Throws<ArgumentException>(() => term.Evaluate(good, bad, mask)).Message, StringComparison.Ordinal);
        bad[1, 2] = float.NegativeInfinity;
        Assert.Contains("row 1, position 2", Assert.Throws<ArgumentException>(() => term.Evaluate(good, bad, mask)).Message, StringComparison.Ordinal);
        // A floor mends −∞, never NaN.
        bad[1, 2] = float.NaN;
        Assert.Throws<ArgumentException>(() => new TeacherTerm(new TeacherTermOptions { LogProbFloor = -10 }).Evaluate(good, bad, mask));
    }

    [Fact]
    public void Evaluate_UnfitInput_Throws()
    {
        using var scope = NewDisposeScope();
        var term = new TeacherTerm();
        var (lp, mask) = (zeros(2, 3), ones(2, 3, dtype: ScalarType.Bool));
        Assert.Equal("teacherLogProbs", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, zeros(2, 4), mask)).ParamName);
        Assert.Equal("teacherLogProbs", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, zeros(2, 3, requires_grad: true), mask)).ParamName);
        Assert.Equal("mask", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, lp, ones(2, 3))).ParamName);
        Assert.Equal("mask", Assert.Throws<ArgumentException>(() => term.Evaluate(lp, lp, ones(2, 2, dtype: ScalarType.Bool))).ParamName);
        Assert.Equal("logProbs", Assert.Throws<ArgumentException>(() => term.Evaluate(zeros(3), zeros(3), ones(3, dtype: ScalarType.Bool))).ParamName);
        Assert.Throws<InvalidOperationException>(() => term.EvaluateDivergence(lp, mask));
        Assert.Throws<InvalidOperationException>(() => new TeacherTerm(new TeacherTermOptions { Support = TeacherSupport.TopKWithTail }).Evaluate(lp, lp, mask));
    }

    [Fact]
    public void EvaluateDivergence_PoisonedPadding_IsLeftOut()
    {
        using var scope = NewDisposeScope();
        var divergence = tensor(new[,] { { .5, double.NaN } }, requires_grad: true);
        var term = new TeacherTerm(new TeacherTermOptions { Support = TeacherSupport.FullVocabulary });
        var result = term.EvaluateDivergence(divergence, tensor(new[,] { { true, false } }));
        result.LossPerToken!.sum().backward();
        Near.Equal([.5, 0], result.Value, 0);
        Near.Equal([1, 0], divergence.grad!, 0);
        Assert.Contains("position 1", Assert.Throws<ArgumentException>(() => term.EvaluateDivergence(divergence, ones(1, 2, dtype: ScalarType.Bool))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_LaterChangeOfOptions_HasNoEffect()
    {
        using var scope = NewDisposeScope();
        var options = new TeacherTermOptions();
        var term = new TeacherTerm(options);
        options.Path = GradientPath.Advantage;
        options.Coefficient.Start = 5;
        Assert.NotNull(term.Evaluate(zeros(1, 1), zeros(1, 1), ones(1, 1, dtype: ScalarType.Bool)).LossPerToken);
        Assert.Equal(2e-3, term.Coefficient.At(0));
    }

    [Fact]
    public void Evaluate_ManyTimes_LeavesNoTensorsBehind()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher, mask) = (zeros(2, 3, requires_grad: true), full(2, 3, -1f), ones(2, 3, dtype: ScalarType.Bool));
        var terms = SampledForms.Select(o => new TeacherTerm(o)).ToArray();
        long after = 0;
        for (var i = 0; i < 20; i++)
        {
            using (NewDisposeScope())
                foreach (var term in terms) term.Evaluate(lp, teacher, mask);
            if (i == 4) after = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }
        Assert.Equal(after, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static (double[] Value, double[] Gradient) Run(TeacherTermOptions options, Tensor lp, Tensor teacher, Tensor mask)
    {
        var student = lp.detach().clone().requires_grad_();
        var result = new TeacherTerm(options).Evaluate(student, teacher, mask);
        (result.LossPerToken ?? -result.TokenAdvantage! * student.masked_fill(~mask, 0)).sum().backward();
        return (Near.Numbers(result.Value), Near.Numbers(student.grad!));
    }
}
