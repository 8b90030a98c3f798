using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>LUFFY: teacher-written responses join the group, and the weight of their tokens is shaped so that unlikely ones still teach.</summary>
/// <remarks>arXiv 2504.14945.</remarks>
public static class Luffy
{
    /// <summary>f(x) = x / (x + γ).</summary>
    /// <param name="probabilities">x: the student's probability of each off-policy token (or its ratio to the writer's), any shape, not negative. The gradient flows through it.</param>
    /// <param name="gamma">γ; finite and positive. The default is 0.1.</param>
    /// <returns>Tensor of the same shape, from 0 to 1.</returns>
    /// <exception cref="ArgumentException">The tensor is not floating point, or γ is not finite and positive.</exception>
    public static Tensor Shape(Tensor probabilities, double gamma = 0.1)
    {
        TensorChecks.Floating(probabilities, nameof(probabilities));
        if (!double.IsFinite(gamma) || gamma <= 0)
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, $"'gamma' must be finite and positive; found {gamma}.");
        using var scope = NewDisposeScope();
        using var offset = gamma.ToScalar();
        return probabilities.div(probabilities.add(offset, Scalars.One)).MoveToOuterDisposeScope();
    }
}
