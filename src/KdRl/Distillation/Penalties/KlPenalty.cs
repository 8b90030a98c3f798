using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Divergence of the student from a reference model at sampled tokens, in the forms that training codes use.</summary>
public static class KlPenalty
{
    /// <summary>
    /// With d = reference − student, clamped if asked: K1 −d, |d|, K2 d²/2, K3 eᵈ − 1 − d; clamped if asked; then times
    /// exp(lp − sg old) if importance-weighted, or with the gradient of the unclamped K2 if asked.
    /// </summary>
    /// <param name="logProbs">Log-probs of the sampled tokens under the student, any shape, filled outside the mask; the gradient flows through them.</param>
    /// <param name="referenceLogProbs">The same under the reference, without gradient.</param>
    /// <param name="options">The form. It is not validated here: as a logged value or a reward any form will do; what may be differentiated says <see cref="KlPenaltyOptionsValidator"/>.</param>
    /// <param name="oldLogProbs">The same under the behaviour policy, for the importance weight; null: strictly on-policy, the weight is 1 in value.</param>
    /// <exception cref="ArgumentException">Shapes or types differ, a tensor is not floating point, or the reference requires a gradient.</exception>
    /// <remarks>J. Schulman (2020); the value and gradient of each form: see <see cref="KlPenaltyOptions"/>.</remarks>
    public static KlPenaltyTokens Evaluate(Tensor logProbs, Tensor referenceLogProbs, KlPenaltyOptions options, Tensor? oldLogProbs = null)
    {
        TensorChecks.Floating(logProbs, nameof(logProbs));
        CheckOther(referenceLogProbs, nameof(referenceLogProbs), logProbs);
        TensorChecks.Constant(referenceLogProbs, nameof(referenceLogProbs));
        ArgumentNullException.ThrowIfNull(options);
        if (oldLogProbs is not null) CheckOther(oldLogProbs, nameof(oldLogProbs), logProbs);
        using var scope = NewDisposeScope();
        var difference = referenceLogProbs.sub(logProbs);
        var (d, cut) = Clamp(difference, options.DifferenceClamp);
        var (value, capped) = Clamp(Value(d, options.Estimator), options.ValueClamp);
        if (options.ImportanceWeighted) value = value.mul(logProbs.sub((oldLogProbs ?? logProbs).detach()).exp());
        if (options.GradientOfK2)
        {
            var k2 = ReverseKl.Value(difference, KlEstimator.K2);
            // The value is added to an exact zero that carries the gradient, so that it comes out bit for bit.
            value = k2.sub(k2.detach()).add(value.detach(), Scalars.One);
        }
        var clamped = cut is null ? capped : capped is null ? cut : cut.logical_or(capped);
        return new KlPenaltyTokens(value.MoveToOuterDisposeScope(), clamped?.MoveToOuterDisposeScope());
    }

    private static Tensor Value(Tensor d, KlPenaltyEstimator estimator) => estimator switch
    {
        KlPenaltyEstimator.K1 => ReverseKl.Value(d, KlEstimator.K1),
        KlPenaltyEstimator.Abs => d.abs(),
        KlPenaltyEstimator.K2 => ReverseKl.Value(d, KlEstimator.K2),
        KlPenaltyEstimator.K3 => ReverseKl.Value(d, KlEstimator.K3),
        _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, $"'Estimator' must be K1, Abs, K2 or K3; found {estimator}."),
    };

    private static (Tensor Values, Tensor? Hit) Clamp(Tensor values, double? bound)
    {
        if (bound is not { } limit) return (values, null);
        using var low = (-limit).ToScalar();
        using var high = limit.ToScalar();
        return (values.clamp(low, high), values.detach().abs().gt(high));
    }

    private static void CheckOther(Tensor tensor, string name, Tensor logProbs)
    {
        TensorChecks.Floating(tensor, name);
        TensorChecks.SameShape(tensor, name, logProbs, nameof(logProbs));
        TensorChecks.SameType(tensor, name, logProbs, nameof(logProbs));
    }
}
