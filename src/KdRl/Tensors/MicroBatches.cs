namespace KdRl.Tensors;

/// <summary>Splits sequences of unequal length into padded batches of bounded size.</summary>
public static class MicroBatches
{
    /// <summary>
    /// Groups sequences of similar length, longest first, so that rows × longest row of each batch stays within the budget.
    /// </summary>
    /// <param name="lengths">Number of tokens of each sequence.</param>
    /// <param name="tokenBudget">Upper bound of rows × longest row, padding included; a single longer sequence forms a batch of its own.</param>
    /// <returns>Indexes into <paramref name="lengths"/>, each exactly once; the same for the same input.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The budget is not positive.</exception>
    public static IReadOnlyList<int[]> Plan(IReadOnlyList<int> lengths, int tokenBudget)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        var order = Enumerable.Range(0, lengths.Count).OrderByDescending(i => lengths[i]).ThenBy(i => i).ToArray();
        var batches = new List<int[]>();
        for (var start = 0; start < order.Length;)
        {
            var rows = Math.Max(1, tokenBudget / Math.Max(1, lengths[order[start]]));
            var end = Math.Min(order.Length, start + rows);
            batches.Add(order[start..end]);
            start = end;
        }
        return batches;
    }
}
