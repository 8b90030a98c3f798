using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Checks of tensor arguments that name the argument, what was found and what was expected. Native code would throw late,
/// without the name, or end the process.
/// </summary>
internal static class Expect
{
    public static void Dtype(Tensor tensor, ScalarType expected, string name)
    {
        if (tensor.dtype != expected) throw new ArgumentException($"{name} is {tensor.dtype}; expected {expected}", name);
    }

    public static void Floating(Tensor tensor, string name)
    {
        if (!tensor.is_floating_point()) throw new ArgumentException($"{name} is {tensor.dtype}; expected a floating-point dtype", name);
    }

    public static void Dimensions(Tensor tensor, int expected, string layout, string name)
    {
        if (tensor.dim() != expected)
            throw new ArgumentException($"{name} has shape {Describe(tensor.shape)}; expected {expected} dimensions {layout}", name);
    }

    public static void Shape(Tensor tensor, ReadOnlySpan<long> expected, string meaning, string name)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(expected))
            throw new ArgumentException($"{name} has shape {Describe(tensor.shape)}; expected {Describe(expected)}, {meaning}", name);
    }

    public static void Device(Tensor tensor, Device expected, string name)
    {
        if (tensor.device_type != expected.type || tensor.device_index != expected.index)
            throw new ArgumentException($"{name} is on {tensor.device}; expected {expected}", name);
    }

    public static void Positive(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected a positive finite number");
    }

    private static string Describe(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";
}
