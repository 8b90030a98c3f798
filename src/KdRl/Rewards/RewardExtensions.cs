namespace KdRl.Rewards;

/// <summary>What can be asked of any reward.</summary>
public static class RewardExtensions
{
    /// <summary>The reward and all that it asks, each once, outer before inner.</summary>
    public static IReadOnlyList<IReward> SelfAndInner(this IReward reward)
    {
        ArgumentNullException.ThrowIfNull(reward);
        var found = new List<IReward>();
        var seen = new HashSet<IReward>(ReferenceEqualityComparer.Instance);
        Visit(reward);
        return found;

        void Visit(IReward node)
        {
            if (!seen.Add(node)) return;
            found.Add(node);
            foreach (var inner in node.Inner) Visit(inner);
        }
    }

    /// <summary>Scores many completions at a time.</summary>
    /// <param name="reward">What scores them.</param>
    /// <param name="requests">The completions.</param>
    /// <param name="maxConcurrency">The most at the same time; the others wait outside of any time limit.</param>
    /// <param name="ct">Cancels all of them. The call then ends at once, even where a reward does not heed it.</param>
    /// <returns>The outcomes, in the order of the requests.</returns>
    public static async Task<IReadOnlyList<RewardOutcome>> ScoreAllAsync(
        this IReward reward, IEnumerable<RewardRequest> requests, int maxConcurrency = RewardQueue.DefaultConcurrency, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        var queue = new RewardQueue(reward, maxConcurrency);
        return await Task.WhenAll(requests.Select(r => queue.ScoreAsync(r, ct))).ConfigureAwait(false);
    }
}
