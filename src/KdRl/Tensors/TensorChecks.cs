using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Checks of tensor arguments; each throws an <see cref="ArgumentException"/> that names the argument, what was found and what was expected.</summary>
internal static class TensorChecks
{
    public static void Floating(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (!tensor.is_floating_point())
            throw new ArgumentException($"'{name}' must be a floating-point tensor; found {tensor.dtype}.", name);
    }

    public static void Bool(Tensor tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.dtype != ScalarType.Bool)
            throw new ArgumentException($"'{name}' must be a bool tensor; found {tensor.dtype}.", name);
    }

    public static void Constant(Tensor tensor, string name)
    {
        if (tensor.requires_grad)
            throw new ArgumentException($"'{name}' requires a gradient; only the student is trained. Compute it under no_grad or detach it.", name);
    }

    public static void SameShape(Tensor tensor, string name, Tensor expected, string expectedName)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(expected.shape))
            throw new ArgumentException($"'{name}' has shape {Shape(tensor)}; expected {Shape(expected)}, the shape of '{expectedName}'.", name);
    }

    public static void SameType(Tensor tensor, string name, Tensor expected, string expectedName)
    {
        if (tensor.dtype != expected.dtype)
            throw new ArgumentException($"'{name}' is {tensor.dtype}; expected {expected.dtype}, the type of '{expectedName}'.", name);
    }

    public static void Dimensions(Tensor tensor, string name, int count, string pattern)
    {
        if (tensor.dim() != count || tensor.numel() == 0)
            throw new ArgumentException($"'{name}' has shape {Shape(tensor)}; expected a non-empty {pattern}.", name);
    }

    public static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}]";
}
