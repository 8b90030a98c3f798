using System.Diagnostics.CodeAnalysis;

namespace KdRl.Rewards;

/// <summary>Lets so many requests through at a time; the others wait in order.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class LimitedReward(IReward inner, int limit) : IQueuedReward
{
    private readonly SemaphoreSlim slots = new(limit);

    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        await RewardMetrics.WaitAsync(slots, this, ct).ConfigureAwait(false);
        try { return await inner.ScoreAsync(request, ct).ConfigureAwait(false); }
        finally { slots.Release(); }
    }
}
