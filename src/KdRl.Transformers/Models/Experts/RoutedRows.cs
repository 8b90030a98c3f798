using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Tokens in the order of their experts, so that each expert has one block of rows: row r belongs to token <see cref="Token"/>[r] and
/// to its choice <see cref="Order"/>[r], counted through all tokens.
/// </summary>
/// <param name="Token">The token of each row, <c>int64 [n·K]</c>.</param>
/// <param name="Order">The choice of each row, <c>int64 [n·K]</c>.</param>
/// <param name="Place">The row of each choice, <c>int64 [n,K]</c>.</param>
/// <param name="Counts">Rows of each expert, N numbers.</param>
internal sealed record RoutedRows(Tensor Token, Tensor Order, Tensor Place, long[] Counts)
{
    /// <param name="ids">The chosen experts, <c>int64 [n,K]</c>.</param>
    /// <param name="experts">N</param>
    public static RoutedRows Of(Tensor ids, int experts)
    {
        // The counts are needed here in any case: the rest of counting sort costs less than a sort by torch.
        var (perToken, chosen) = (ids.shape[1], ids.ToNumbers<long>());
        var (counts, next) = (new long[experts], new long[experts]);
        foreach (var expert in chosen) counts[expert]++;
        for (var e = 1; e < experts; e++) next[e] = next[e - 1] + counts[e - 1];
        var (token, order, place) = (new long[chosen.Length], new long[chosen.Length], new long[chosen.Length]);
        for (var choice = 0; choice < chosen.Length; choice++)
        {
            var row = next[chosen[choice]]++;
            (token[row], order[row], place[choice]) = (choice / perToken, choice, row);
        }
        return new RoutedRows(tensor(token, device: ids.device), tensor(order, device: ids.device), tensor(place, device: ids.device).view(ids.shape), counts);
    }

    /// <summary>A number for each choice, <c>[n,K]</c>, in the order of the rows, <c>[n·K,1]</c>.</summary>
    public Tensor ByRow(Tensor choices) => choices.reshape(-1).index_select(0, Order).unsqueeze(1);
}
