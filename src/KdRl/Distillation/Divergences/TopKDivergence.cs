using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>
/// Divergence on K chosen tokens plus one tail outcome that lumps all others together. A lower bound of the divergence over the
/// whole vocabulary that grows with the support and needs only K teacher log-probs a position.
/// </summary>
/// <remarks>
/// The tail is not optional: without it, or renormalised, the sum is not a divergence (it can be negative, and on a support of
/// one renormalised token it is identically 0). Only to be differentiated: as a detached advantage a sum over the vocabulary is
/// a baseline that does not depend on the sampled token, and teaches nothing.
/// </remarks>
public static class TopKDivergence
{
    /// <summary>Teacher mass that may exceed 1 by rounding.</summary>
    private const double MassTolerance = 1e-4;

    /// <summary>log of the largest mass that the chosen tokens may hold; leaves the tail a mass of 1e-7.</summary>
    private static readonly Scalar LargestLogMass = (-1e-7).ToScalar();

    /// <summary>Divergence on K tokens and their tail.</summary>
    /// <param name="studentLogits">Logits of the student, <c>float [..,V]</c>; the gradient flows through them.</param>
    /// <param name="ids">The chosen tokens, <c>int64 [..,K]</c>, 1 ≤ K &lt; V, distinct within a position; usually the student's top K.</param>
    /// <param name="teacherLogProbs">Log-probs of the chosen tokens under the teacher, <c>float [..,K]</c>, normalised over the teacher's whole vocabulary, without gradient.</param>
    /// <param name="beta">1 (default) reverse KL, 0 forward KL, between them the <see cref="GeneralisedJsd"/>.</param>
    /// <returns><c>float [..]</c>, at least 0 up to rounding. Tail masses are log(1 − Σp), never below 1e-7; there they carry no gradient. +∞ where one model excludes a chosen token that the other can write, as in <see cref="ReverseKl.Exact"/> and <see cref="ForwardKl.Exact"/>.</returns>
    /// <exception cref="ArgumentException">
    /// Shapes or types do not fit, K &lt; 1 or K ≥ V, an id lies outside the vocabulary or occurs twice in a position, the teacher's
    /// mass exceeds 1 + 1e-4 or is NaN, the teacher requires a gradient, or β lies outside [0, 1].
    /// </exception>
    public static Tensor Evaluate(Tensor studentLogits, Tensor ids, Tensor teacherLogProbs, double beta = 1)
    {
        Divergence.CheckBeta(beta);
        CheckShapes(studentLogits, ids, teacherLogProbs);
        using var scope = NewDisposeScope();
        CheckIds(ids, studentLogits.shape[^1]);
        CheckMass(teacherLogProbs);
        var student = WithTail(studentLogits.log_softmax(-1).gather(-1, ids));
        return Divergence.OfLogProbs(student, WithTail(teacherLogProbs), beta).MoveToOuterDisposeScope();
    }

    private static Tensor WithTail(Tensor logProbs)
    {
        var logMass = logProbs.logsumexp(-1, keepdim: true).clamp_max(LargestLogMass);
        return cat([logProbs, logMass.expm1().neg().log()], -1);
    }

    private static void CheckShapes(Tensor studentLogits, Tensor ids, Tensor teacherLogProbs)
    {
        TensorChecks.Floating(studentLogits, nameof(studentLogits));
        TensorChecks.Floating(teacherLogProbs, nameof(teacherLogProbs));
        ArgumentNullException.ThrowIfNull(ids);
        TensorChecks.SameType(teacherLogProbs, nameof(teacherLogProbs), studentLogits, nameof(studentLogits));
        TensorChecks.SameShape(teacherLogProbs, nameof(teacherLogProbs), ids, nameof(ids));
        TensorChecks.Constant(teacherLogProbs, nameof(teacherLogProbs));
        if (ids.dtype != ScalarType.Int64) throw new ArgumentException($"'ids' must be int64; found {ids.dtype}.", nameof(ids));
        if (studentLogits.dim() == 0 || ids.dim() != studentLogits.dim() || !ids.shape.AsSpan()[..^1].SequenceEqual(studentLogits.shape.AsSpan()[..^1]))
            throw new ArgumentException(
                $"'ids' has shape {TensorChecks.Shape(ids)}; expected [..,K] for 'studentLogits' [..,V] of shape {TensorChecks.Shape(studentLogits)}.", nameof(ids));
        var (k, vocabulary) = (ids.shape[^1], studentLogits.shape[^1]);
        if (k < 1 || k >= vocabulary)
            throw new ArgumentException($"'ids' names {k} tokens a position; expected at least 1 and fewer than the vocabulary of {vocabulary}.", nameof(ids));
    }

    private static void CheckIds(Tensor ids, long vocabulary)
    {
        if (ids.numel() == 0) return;
        var (low, high) = (ids.min().item<long>(), ids.max().item<long>());
        if (low < 0 || high >= vocabulary)
            throw new ArgumentException($"'ids' holds {(low < 0 ? low : high)}; expected token ids from 0 to {vocabulary - 1}.", nameof(ids));
        var (sorted, _) = ids.sort(-1);
        var length = ids.shape[^1];
        if (length > 1 && sorted.narrow(-1, 1, length - 1).eq(sorted.narrow(-1, 0, length - 1)).any().item<bool>())
            throw new ArgumentException("'ids' names a token twice in one position; its mass would count twice.", nameof(ids));
    }

    private static void CheckMass(Tensor teacherLogProbs)
    {
        if (teacherLogProbs.numel() == 0) return;
        var mass = teacherLogProbs.exp().sum(-1).max().to(ScalarType.Float64).item<double>();
        if (!(mass <= 1 + MassTolerance))
            throw new ArgumentException(
                $"'teacherLogProbs' sums to a mass of {mass} in some position; expected at most 1 (+{MassTolerance}). Pass log-probs, not logits.",
                nameof(teacherLogProbs));
    }
}
