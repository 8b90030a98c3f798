using System.Diagnostics.Metrics;

namespace KdRl.Rewards;

/// <summary>Instruments of the meter <see cref="RewardDecorators.MeterName"/>; each carries the reward's name as the tag <c>reward</c>.</summary>
internal static class RewardMetrics
{
    private static readonly Meter Meter = new(RewardDecorators.MeterName);

    public static Histogram<double> Duration { get; } =
        Meter.CreateHistogram<double>("kdrl.reward.duration", "s", "Time of the work, queues left out, by status.");

    public static Histogram<double> Value { get; } = Meter.CreateHistogram<double>("kdrl.reward.value", null, "Scores.");

    public static UpDownCounter<long> Waiting { get; } = Meter.CreateUpDownCounter<long>("kdrl.reward.waiting", "{request}", "Requests that wait for their turn.");

    public static Counter<long> Cache { get; } = Meter.CreateCounter<long>("kdrl.reward.cache", "{request}", "Requests to a cache, by result: hit, miss, shared, fault.");

    public static Counter<long> Retries { get; } = Meter.CreateCounter<long>("kdrl.reward.retries", "{try}", "Tries after the first.");

    public static Counter<long> Abandoned { get; } =
        Meter.CreateCounter<long>("kdrl.reward.abandoned", "{request}", "Overrunning work that did not heed its cancellation and may still run.");

    /// <summary>Waits for a turn, counted among those that wait.</summary>
    public static async Task WaitAsync(SemaphoreSlim slots, IReward reward, CancellationToken ct)
    {
        Waiting.Add(1, Of(reward));
        try { await slots.WaitAsync(ct).ConfigureAwait(false); }
        finally { Waiting.Add(-1, Of(reward)); }
    }

    public static KeyValuePair<string, object?> Of(IReward reward) => new("reward", reward.Name);
}
