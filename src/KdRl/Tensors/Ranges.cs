using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Index tensors made without hidden scalars.</summary>
internal static class Ranges
{
    /// <summary>0, 1, …, count − 1 as <c>int64 [count]</c>.</summary>
    public static Tensor UpTo(long count, Device device)
    {
        using var stop = count.ToScalar();
        return arange(Scalars.Zero, stop, Scalars.One, ScalarType.Int64, device);
    }

    /// <summary>The position of each token of right-padded sequences: 0 … length − 1 on every row, <c>int64 [rows,length]</c>.</summary>
    public static Tensor Positions(long rows, long length, Device device) => UpTo(length, device).unsqueeze(0).expand(rows, length);
}
