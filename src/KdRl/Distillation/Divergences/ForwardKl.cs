using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Forward KL divergence KL(teacher‖student), in nats: the mass-covering direction, used in supervised distillation.</summary>
public static class ForwardKl
{
    /// <summary>Exact value over the vocabulary: Σᵥ p_T(v) (log p_T(v) − log p_S(v)).</summary>
    /// <param name="studentLogits">Logits of the student, <c>float [..,V]</c>; the gradient flows through them.</param>
    /// <param name="teacherLogits">Logits of the teacher, same shape and type, without gradient.</param>
    /// <returns><c>float [..]</c>, at least 0 up to rounding; +∞ where the student excludes a token that the teacher can write.</returns>
    /// <exception cref="ArgumentException">Shapes or types differ, a tensor is not floating point, or the teacher requires a gradient.</exception>
    public static Tensor Exact(Tensor studentLogits, Tensor teacherLogits) => Divergence.OfLogits(studentLogits, teacherLogits, beta: 0);
}
