namespace KdRl.Rewards;

/// <summary>Makes one value of several votes on it.</summary>
internal static class VoteCount
{
    /// <returns>The value; null when the rule asks for a majority and there is none.</returns>
    public static double? Combine(IReadOnlyList<double> votes, JudgeVoteRule rule) => rule switch
    {
        JudgeVoteRule.Mean => votes.Average(),
        JudgeVoteRule.Majority => votes.GroupBy(v => v).Where(same => 2 * same.Count() > votes.Count).Select(same => (double?)same.Key).FirstOrDefault(),
        _ => Median([.. votes.Order()]),
    };

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
