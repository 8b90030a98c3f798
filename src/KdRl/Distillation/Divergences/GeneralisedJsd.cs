using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Generalised Jensen-Shannon divergence between student and teacher, in nats.</summary>
public static class GeneralisedJsd
{
    /// <summary>
    /// Exact value over the vocabulary: with M = (1 − β) p_S + β p_T, it is β KL(p_T‖M) + (1 − β) KL(p_S‖M);
    /// β = 0 is KL(p_T‖p_S) and β = 1 is KL(p_S‖p_T) by definition.
    /// </summary>
    /// <param name="studentLogits">Logits of the student, <c>float [..,V]</c>; the gradient flows through them.</param>
    /// <param name="teacherLogits">Logits of the teacher, same shape and type, without gradient.</param>
    /// <param name="beta">From 0 (forward KL) to 1 (reverse KL); symmetric in the two models at 0.5.</param>
    /// <returns><c>float [..]</c>, at least 0 up to rounding.</returns>
    /// <exception cref="ArgumentException">β lies outside [0, 1], shapes or types differ, a tensor is not floating point, or the teacher requires a gradient.</exception>
    /// <remarks>GKD, arXiv 2306.13649, with the β convention of its widely used implementations.</remarks>
    public static Tensor Exact(Tensor studentLogits, Tensor teacherLogits, double beta) => Divergence.OfLogits(studentLogits, teacherLogits, beta);
}
