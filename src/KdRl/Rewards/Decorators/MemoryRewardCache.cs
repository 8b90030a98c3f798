namespace KdRl.Rewards;

/// <summary>Keeps the outcomes asked for last in memory.</summary>
/// <param name="capacity">Outcomes kept, about 0.5 kB each; the one that was not asked for longest goes first.</param>
/// <exception cref="ArgumentOutOfRangeException">The capacity is not positive.</exception>
public sealed class MemoryRewardCache(int capacity = 100_000) : IRewardCache
{
    private readonly int capacity = capacity > 0 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "Expected at least 1.");
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, RewardOutcome Outcome)>> nodes = [];
    private readonly LinkedList<(string Key, RewardOutcome Outcome)> recent = new();

    /// <inheritdoc/>
    public ValueTask<RewardOutcome?> FindAsync(string key, CancellationToken ct)
    {
        lock (gate)
        {
            if (!nodes.TryGetValue(key, out var node)) return ValueTask.FromResult<RewardOutcome?>(null);
            recent.Remove(node);
            recent.AddFirst(node);
            return ValueTask.FromResult<RewardOutcome?>(node.Value.Outcome);
        }
    }

    /// <inheritdoc/>
    public ValueTask StoreAsync(string key, RewardOutcome outcome, CancellationToken ct)
    {
        lock (gate)
        {
            if (nodes.ContainsKey(key)) return ValueTask.CompletedTask;
            nodes[key] = recent.AddFirst((key, outcome));
            if (nodes.Count > capacity)
            {
                nodes.Remove(recent.Last!.Value.Key);
                recent.RemoveLast();
            }
        }

        return ValueTask.CompletedTask;
    }
}
