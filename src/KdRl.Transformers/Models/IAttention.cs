using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Attention over one sequence of layers; called once a layer, in order, each time in that layer's dispose scope.</summary>
internal interface IAttention
{
    /// <summary>softmax(q·kᵀ/√d)·v over the keys that each query sees.</summary>
    /// <param name="query"><c>[B, query heads, T, d]</c></param>
    /// <param name="key"><c>[B, key heads, T, d]</c></param>
    /// <param name="value"><c>[B, key heads, T, d]</c></param>
    /// <param name="slides">Whether this layer's queries see a window of the nearest tokens only.</param>
    /// <returns><c>[B, query heads, T, d]</c></returns>
    Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides);
}
