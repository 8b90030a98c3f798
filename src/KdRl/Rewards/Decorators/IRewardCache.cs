namespace KdRl.Rewards;

/// <summary>Keeps outcomes by the hash of what was scored. Called concurrently.</summary>
public interface IRewardCache
{
    /// <summary>The outcome stored under a key; null when there is none.</summary>
    /// <exception cref="IOException">The store cannot be read. The reward is then asked as if there were no cache.</exception>
    ValueTask<RewardOutcome?> FindAsync(string key, CancellationToken ct);

    /// <summary>Stores an outcome; an existing one under the same key may stay.</summary>
    /// <exception cref="IOException">The store cannot be written. The outcome is used all the same.</exception>
    ValueTask StoreAsync(string key, RewardOutcome outcome, CancellationToken ct);
}
