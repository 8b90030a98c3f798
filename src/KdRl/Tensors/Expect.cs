using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Checks of single arguments against a known shape, dtype or device, beside <see cref="TensorChecks"/>, which compares tensors.
/// Native code would throw late, without the name, or end the process.
/// </summary>
internal static class Expect
{
    public static void Dtype(Tensor tensor, ScalarType expected, string name)
    {
        if (tensor.dtype != expected) throw new ArgumentException($"{name} is {tensor.dtype}; expected {expected}", name);
    }

    public static void Dimensions(Tensor tensor, int expected, string layout, string name)
    {
        if (tensor.dim() != expected)
            throw new ArgumentException($"{name} has shape {TensorChecks.Shape(tensor)}; expected {expected} dimensions {layout}", name);
    }

    public static void Shape(Tensor tensor, ReadOnlySpan<long> expected, string meaning, string name)
    {
        if (!tensor.shape.AsSpan().SequenceEqual(expected))
            throw new ArgumentException($"{name} has shape {TensorChecks.Shape(tensor)}; expected [{string.Join(',', expected.ToArray())}], {meaning}", name);
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
}
