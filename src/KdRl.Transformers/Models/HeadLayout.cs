using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Hugging Face checkpoints keep the members of a rotary pair half a head apart (i and i + d/2); here they are neighbours
/// (2i and 2i + 1). The two differ by a permutation of the rows of the query and key projections, which this view undoes.
/// </summary>
internal static class HeadLayout
{
    /// <summary>Rows <c>[heads·d, …]</c> of neighbours, looked at half a head apart: a view, <c>[heads, 2, d/2, …]</c>.</summary>
    public static Tensor AsHalves(Tensor rows, int headDim) =>
        rows.view([rows.shape[0] / headDim, headDim / 2, 2, .. rows.shape[1..]]).transpose(1, 2);
}
