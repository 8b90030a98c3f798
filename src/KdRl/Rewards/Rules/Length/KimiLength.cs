namespace KdRl.Rewards;

/// <summary>The length reward of Kimi k1.5 (arXiv 2501.12599, section 2.3.3): within a group, shorter right answers earn more.</summary>
public static class KimiLength
{
    /// <summary>
    /// λ_i = ½ − (L_i − L_min) / (L_max − L_min) over the responses of one prompt; a right answer earns λ_i, a wrong one min(0, λ_i);
    /// all earn 0 when all are equally long.
    /// </summary>
    /// <param name="lengths">Tokens of each response of one prompt.</param>
    /// <param name="correct">The verifier's verdict on each.</param>
    /// <returns>One value a response, in [−½, ½]; wrong answers in [−½, 0].</returns>
    /// <exception cref="ArgumentException">The two lists differ in length, or a length is negative.</exception>
    public static double[] Score(IReadOnlyList<int> lengths, IReadOnlyList<bool> correct)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(correct);
        if (lengths.Count != correct.Count) throw new ArgumentException($"There are {lengths.Count} lengths and {correct.Count} verdicts; expected one verdict a length.", nameof(correct));
        if (lengths.Count == 0) return [];
        if (lengths.Min() < 0) throw new ArgumentException($"A length is {lengths.Min()}; expected at least 0.", nameof(lengths));
        var (shortest, range) = (lengths.Min(), (double)lengths.Max() - lengths.Min());
        return range == 0 ? new double[lengths.Count] : [.. lengths.Zip(correct, (length, right) => Value(0.5 - ((length - shortest) / range), right))];
    }

    private static double Value(double lambda, bool correct) => correct ? lambda : Math.Min(0, lambda);
}
