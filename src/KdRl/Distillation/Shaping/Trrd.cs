using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>TRRD: the clipped ratio of the policy loss is taken against a mixture of the old policy and the teacher.</summary>
/// <remarks>RLAD, arXiv 2602.22495.</remarks>
public static class Trrd
{
    /// <summary>
    /// Log-probs that take the place of the old ones: a · old + (1 − a) · teacher, so that
    /// exp(lp − anchor) = (π/π_old)ᵃ (π/π_T)¹⁻ᵃ.
    /// </summary>
    /// <param name="oldLogProbs">Log-probs under the policy at the start of the step, any shape, filled outside the mask.</param>
    /// <param name="teacherLogProbs">The same under the teacher; same shape and type.</param>
    /// <param name="alpha">a in [0, 1]: 1 is the plain ratio. The default is 0.5.</param>
    /// <returns>Detached tensor of the same shape.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, or a lies outside [0, 1].</exception>
    public static Tensor AnchorLogProbs(Tensor oldLogProbs, Tensor teacherLogProbs, double alpha = 0.5)
    {
        TensorChecks.Floating(oldLogProbs, nameof(oldLogProbs));
        TensorChecks.Floating(teacherLogProbs, nameof(teacherLogProbs));
        TensorChecks.SameShape(teacherLogProbs, nameof(teacherLogProbs), oldLogProbs, nameof(oldLogProbs));
        TensorChecks.SameType(teacherLogProbs, nameof(teacherLogProbs), oldLogProbs, nameof(oldLogProbs));
        if (!(alpha is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"'alpha' must lie in [0, 1]; found {alpha}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var towardsTeacher = (1 - alpha).ToScalar();
        return oldLogProbs.add(teacherLogProbs.sub(oldLogProbs), towardsTeacher).MoveToOuterDisposeScope();
    }
}
