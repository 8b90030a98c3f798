using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Penalties;

[Collection("torch")]
public class KlPenaltyTests
{
    [Fact]
    public void Evaluate_Clamped_HasTheAnchorValues()
    {
        using var scope = NewDisposeScope();
        var (lp, reference) = (tensor(new[] { -1.0, -1, -1 }), tensor(new[] { 0.0, -15, -30 }));
        Near.Equal([-1, 10, 10], Clamped(KlPenaltyEstimator.K1), 1e-12);
        Near.Equal([.5, 10, 10], Clamped(KlPenaltyEstimator.K2), 1e-12);
        Near.Equal([.7183, 10, 10], Clamped(KlPenaltyEstimator.K3), 5e-5);
        Near.Equal([1, 10, 10], Clamped(KlPenaltyEstimator.Abs), 1e-12);

        Tensor Clamped(KlPenaltyEstimator estimator) => KlPenalty.Evaluate(
            lp, reference, new KlPenaltyOptions { Estimator = estimator, ImportanceWeighted = false, DifferenceClamp = 20, ValueClamp = 10 }).PerToken;
    }

    [Fact]
    public void Evaluate_Clamps_ReportWhereTheyActed()
    {
        using var scope = NewDisposeScope();
        var (lp, reference) = (zeros(4), tensor(new[] { .5f, 3, -21, -5 }));
        var options = new KlPenaltyOptions { ImportanceWeighted = false, DifferenceClamp = 20, ValueClamp = 10 };
        Assert.Equal(new[] { false, true, true, false }, KlPenalty.Evaluate(lp, reference, options).Clamped!.data<bool>().ToArray());
        Assert.Null(KlPenalty.Evaluate(lp, reference, new KlPenaltyOptions()).Clamped);
    }

    [Theory]
    [InlineData(KlPenaltyEstimator.K1)]
    [InlineData(KlPenaltyEstimator.Abs)]
    [InlineData(KlPenaltyEstimator.K3)]
    public void Evaluate_GradientOfK2_KeepsTheValueAndTakesTheGradient(KlPenaltyEstimator estimator)
    {
        using var scope = NewDisposeScope();
        var reference = tensor(new[] { -1.0, -.2, -3 });
        var lp = tensor(new[] { -.5, -2.0, -2.5 }, requires_grad: true);
        var plain = KlPenalty.Evaluate(lp, reference, new KlPenaltyOptions { Estimator = estimator, ImportanceWeighted = false }).PerToken;
        var plus = KlPenalty.Evaluate(lp, reference, new KlPenaltyOptions { Estimator = estimator, ImportanceWeighted = false, GradientOfK2 = true }).PerToken;
        plus.sum().backward();
        Near.Equal(plain, plus, 0);
        Near.Equal((lp - reference).detach(), lp.grad!, 1e-12);
    }

    [Theory]
    [InlineData(KlPenaltyEstimator.K1)]
    [InlineData(KlPenaltyEstimator.K3)]
    public void Evaluate_ImportanceWeighted_HasTheReverseKlGradientOffPolicyToo(KlPenaltyEstimator estimator)
    {
        using var scope = NewDisposeScope();
        var categorical = Categorical.Six;
        var old = tensor(new[] { .1, .2, -.3, .4, 0, -.5 }).log_softmax(0);
        var z = tensor(categorical.StudentLogits, requires_grad: true);
        var teacher = tensor(categorical.TeacherLogProbs);
        // Tokens come from the old policy; the weight turns the expectation into one under the student.
        (old.exp() * KlPenalty.Evaluate(z.log_softmax(0), teacher, new KlPenaltyOptions { Estimator = estimator }, old).PerToken).sum().backward();
        var exact = tensor(categorical.StudentLogits, requires_grad: true);
        ReverseKl.Exact(exact, teacher).backward();
        Near.Equal(exact.grad!, z.grad!, 1e-12);
    }

    [Fact]
    public void Validate_FormsThatDoNotHold_AreRefusedWithTheReason()
    {
        var validator = new KlPenaltyOptionsValidator();
        Assert.True(validator.Validate(null, new KlPenaltyOptions()).Succeeded);
        Assert.True(validator.Validate(null, new KlPenaltyOptions { ImportanceWeighted = false }).Succeeded);
        Assert.True(validator.Validate(null, new KlPenaltyOptions { ImportanceWeighted = false, Estimator = KlPenaltyEstimator.K2 }).Succeeded);
        Assert.True(validator.Validate(null, new KlPenaltyOptions { ImportanceWeighted = false, GradientOfK2 = true, Estimator = KlPenaltyEstimator.Abs }).Succeeded);
        Refused(new() { ImportanceWeighted = false, Estimator = KlPenaltyEstimator.K1 }, "exactly zero");
        Refused(new() { ImportanceWeighted = false, Estimator = KlPenaltyEstimator.Abs }, "no divergence");
        Refused(new() { Estimator = KlPenaltyEstimator.K2 }, "K2's bias");
        Refused(new() { Estimator = KlPenaltyEstimator.Abs }, "no divergence");
        Refused(new() { GradientOfK2 = true }, "Choose one");
        Refused(new() { ImportanceWeighted = false, GradientOfK2 = true, Estimator = KlPenaltyEstimator.K2 }, "no effect");
        Refused(new() { Estimator = (KlPenaltyEstimator)9 }, "Estimator is 9");
        Refused(new() { ValueClamp = 0 }, "ValueClamp");
        Refused(new() { DifferenceClamp = double.NaN }, "DifferenceClamp");

        void Refused(KlPenaltyOptions options, string reason) =>
            Assert.Contains(reason, validator.Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ReferenceWithGradient_Throws()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => KlPenalty.Evaluate(zeros(1), zeros(1, requires_grad: true), new KlPenaltyOptions()));
        Assert.Throws<ArgumentException>(() => KlPenalty.Evaluate(zeros(1), zeros(2), new KlPenaltyOptions()));
        Assert.Throws<ArgumentException>(() => KlPenalty.Evaluate(zeros(1), zeros(1), new KlPenaltyOptions(), zeros(2)));
    }
}
