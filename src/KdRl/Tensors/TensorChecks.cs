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
        Type(tensor, name, ScalarType.Bool);
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

    public static void Layout(Tensor tensor, string name, int count, string pattern)
    {
        if (tensor.dim() != count) throw new ArgumentException($"'{name}' has shape {Shape(tensor)}; expected {count} dimensions {pattern}.", name);
    }

    public static void Shape(Tensor tensor, string name, ReadOnlySpan<long> expected, string meaning)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(expected))
            throw new ArgumentException($"'{name}' has shape {Shape(tensor)}; expected [{string.Join(',', expected.ToArray())}], {meaning}.", name);
    }

    public static void Type(Tensor tensor, string name, ScalarType expected)
    {
        if (tensor.dtype != expected) throw new ArgumentException($"'{name}' is {tensor.dtype}; expected {expected}.", name);
    }

    public static void Device(Tensor tensor, string name, Device expected)
    {
        if (tensor.device_type != expected.type || tensor.device_index != expected.index)
            throw new ArgumentException($"'{name}' is on {tensor.device}; expected {expected}.", name);
    }

    public static void Positive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' is {value}; expected a positive finite number.");
    }

    /// <summary>Refuses a number that is not finite in a <c>[B,T]</c> tensor whose masked cells are filled already.</summary>
    public static Tensor Finite(Tensor filled, string name)
    {
        using var scope = NewDisposeScope();
        var bad = filled.detach().isfinite().logical_not();
        if (!bad.any().item<bool>()) return filled;
        var at = bad.nonzero().select(0, 0).ToNumbers<long>();
        var found = filled.detach()[at[0], at[1]].to(ScalarType.Float64).item<double>();
        throw new ArgumentException($"'{name}' is {found} at row {at[0]}, position {at[1]}, which the mask counts; expected a finite number.", name);
    }

    public static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}]";
}
