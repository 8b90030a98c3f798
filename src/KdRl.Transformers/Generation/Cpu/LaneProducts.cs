using KdRl.Transformers.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Products of bfloat16 numbers for tensor code, with the weights where they are; the outputs are divided among lanes.</summary>
/// <param name="crew">The lanes.</param>
/// <param name="ownsCrew">Whether the lanes end with it.</param>
internal sealed class LaneProducts(LaneCrew crew, bool ownsCrew) : ILinearProducts
{
    private float[] zeros = [];

    /// <summary>Whether this machine has them for weights of a type.</summary>
    public static bool Suit(ScalarType type) => type == ScalarType.BFloat16 && DotProducts.AreAvailable;

    /// <inheritdoc/>
    public Tensor? Linear(Tensor x, Tensor weight, Tensor? bias)
    {
        var (outputs, width) = ((int)weight.shape[0], (int)weight.shape[1]);
        if (x.dtype != ScalarType.BFloat16 || weight.dtype != ScalarType.BFloat16 || x.device_type != DeviceType.CPU || outputs < DotProductCode.Outputs) return null;
        if (DotProducts.For(width) is not { } products || !weight.is_contiguous()) return null;
        // A span holds less than 2 GB of a tensor.
        if (Math.Max(weight.numel(), x.numel() / width * Math.Max(width, outputs)) > int.MaxValue / sizeof(ushort)) return null;
        using var input = x.contiguous();
        var y = empty([.. x.shape.SkipLast(1), outputs], ScalarType.BFloat16);
        if (zeros.Length < outputs) zeros = new float[outputs];
        var added = bias?.ToNumbers<float>() ?? zeros;
        crew.Run(lane =>
        {
            var (start, end) = crew.Range(outputs, lane);
            if (start == end) return;
            var own = TensorMemory.Of<ushort>(weight).Slice(start * width, (end - start) * width);
            products.Multiply(TensorMemory.Of<ushort>(input), own, added.AsSpan(start, end - start), TensorMemory.Of<ushort>(y)[start..], outputs);
        });
        return y;
    }

    public void Dispose()
    {
        if (ownsCrew) crew.Dispose();
    }
}
