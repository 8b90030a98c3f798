using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Hugging Face checkpoints keep the members of a rotary pair half a head apart (i and i + d/2); here they are neighbours
/// (2i and 2i + 1). The two differ by a permutation of the rows of the query and key projections, undone when saving.
/// </summary>
internal static class HeadLayout
{
    /// <summary>Rows from half-a-head-apart order to neighbours; <c>[heads·d, …]</c>.</summary>
    public static Tensor ToNeighbours(Tensor rows, int headDim) => Swap(rows, headDim, 2, headDim / 2);

    /// <summary>The inverse of <see cref="ToNeighbours"/>.</summary>
    public static Tensor ToHalves(Tensor rows, int headDim) => Swap(rows, headDim, headDim / 2, 2);

    private static Tensor Swap(Tensor rows, int headDim, int outer, int inner)
    {
        long[] rest = rows.shape[1..];
        return rows.reshape([rows.shape[0] / headDim, outer, inner, .. rest]).transpose(1, 2).reshape(rows.shape);
    }
}
