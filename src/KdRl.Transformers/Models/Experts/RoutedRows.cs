using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Tokens in the order of their experts, so that each expert has one block of rows: row r belongs to token <see cref="Token"/>[r] and
/// to its choice <see cref="Order"/>[r], counted through all tokens.
/// </summary>
/// <param name="Token">The token of each row, <c>int64 [n·K]</c>.</param>
/// <param name="Order">The choice of each row, <c>int64 [n·K]</c>.</param>
/// <param name="Counts">Rows of each expert, N numbers.</param>
internal sealed record RoutedRows(Tensor Token, Tensor Order, long[] Counts)
{
    /// <param name="ids">The chosen experts, <c>int64 [n,K]</c>.</param>
    /// <param name="experts">N</param>
    public static RoutedRows Of(Tensor ids, long experts)
    {
        var flat = ids.reshape(-1);
        var order = flat.sort(0, descending: false, stable: true).Indices;
        using var perToken = ids.shape[1].ToScalar();
        return new RoutedRows(order.floor_divide(perToken), order, [.. flat.bincount(null, experts).cpu().data<long>()]);
    }

    /// <summary>Each token once for each of its experts; <c>[n,H]</c> to <c>[n·K,H]</c>.</summary>
    public Tensor Spread(Tensor tokens) => tokens.index_select(0, Token);

    /// <summary>The sum of each token's rows; <c>[n·K,H]</c> to <c>[n,H]</c>.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="tokens">n</param>
    public Tensor Gather(Tensor rows, long tokens) => zeros(tokens, rows.shape[1], rows.dtype, rows.device).index_add(0, Token, rows, Scalars.One);

    /// <summary>A number for each choice, <c>[n,K]</c>, in the order of the rows, <c>[n·K,1]</c>.</summary>
    public Tensor ByRow(Tensor choices) => choices.reshape(-1).index_select(0, Order).unsqueeze(1);
}
