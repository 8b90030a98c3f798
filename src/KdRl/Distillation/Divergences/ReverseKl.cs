using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Reverse KL divergence KL(student‖teacher), in nats: estimated from sampled tokens, or exact.</summary>
public static class ReverseKl
{
    /// <summary>
    /// Per-token estimate from the log-probs of the sampled token, with d = teacher − student:
    /// K1 −d, K2 d²/2, K3 eᵈ − 1 − d.
    /// </summary>
    /// <param name="studentLogProbs">Log-prob of each sampled token under the student; any shape, the gradient flows through it.</param>
    /// <param name="teacherLogProbs">The same under the teacher; same shape and type, without gradient.</param>
    /// <param name="estimator">How the value is computed. What its derivative is worth: see <see cref="GradientPath"/> and <see cref="TeacherTermOptions"/>.</param>
    /// <returns>Tensor of the same shape. Non-finite input gives non-finite output: fill masked positions first.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, a tensor is not floating point, or the teacher requires a gradient.</exception>
    /// <remarks>J. Schulman, "Approximating KL divergence" (2020); KDRL, arXiv 2506.02208, section 3.2.</remarks>
    public static Tensor Estimate(Tensor studentLogProbs, Tensor teacherLogProbs, KlEstimator estimator)
    {
        TensorChecks.Floating(studentLogProbs, nameof(studentLogProbs));
        TensorChecks.Floating(teacherLogProbs, nameof(teacherLogProbs));
        TensorChecks.SameShape(teacherLogProbs, nameof(teacherLogProbs), studentLogProbs, nameof(studentLogProbs));
        TensorChecks.SameType(teacherLogProbs, nameof(teacherLogProbs), studentLogProbs, nameof(studentLogProbs));
        TensorChecks.Constant(teacherLogProbs, nameof(teacherLogProbs));
        using var scope = NewDisposeScope();
        return Value(teacherLogProbs.sub(studentLogProbs), estimator).MoveToOuterDisposeScope();
    }

    /// <summary>Exact value over the vocabulary: Σᵥ p_S(v) (log p_S(v) − log p_T(v)).</summary>
    /// <param name="studentLogits">Logits of the student, <c>float [..,V]</c>; the gradient flows through them. −∞ marks tokens it cannot write.</param>
    /// <param name="teacherLogits">Logits of the teacher, same shape and type, without gradient.</param>
    /// <returns><c>float [..]</c>, at least 0 up to rounding; +∞ where the teacher excludes a token that the student can write.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, a tensor is not floating point, or the teacher requires a gradient.</exception>
    public static Tensor Exact(Tensor studentLogits, Tensor teacherLogits) => Divergence.OfLogits(studentLogits, teacherLogits, beta: 1);

    /// <summary>The estimate as a function of d. The caller opens the scope.</summary>
    internal static Tensor Value(Tensor d, KlEstimator estimator) => estimator switch
    {
        KlEstimator.K1 => d.neg(),
        KlEstimator.K2 => d.mul(d).mul(Scalars.Half),
        KlEstimator.K3 => d.expm1().sub(d),
        _ => throw new ArgumentOutOfRangeException(nameof(estimator), estimator, $"'estimator' must be K1, K2 or K3; found {estimator}."),
    };
}
