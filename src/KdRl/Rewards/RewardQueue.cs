using System.Diagnostics.CodeAnalysis;

namespace KdRl.Rewards;

/// <summary>Asks a reward for so many scores at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class RewardQueue(IReward reward, int concurrency)
{
    public const int DefaultConcurrency = 64;

    private readonly SemaphoreSlim slots = new(concurrency);

    /// <summary>Scores one completion when its turn comes. Cancelled, it ends at once, even if the reward does not heed the token.</summary>
    public async Task<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        await RewardMetrics.WaitAsync(slots, reward, ct).ConfigureAwait(false);
        try
        {
            // Off the caller's thread: a reward that computes without awaiting would hold up the drawing of the next group.
            return await Task.Run(() => reward.AskAsync(request, ct).AsTask(), ct).WaitAsync(ct).ConfigureAwait(false);
        }
        finally { slots.Release(); }
    }
}
