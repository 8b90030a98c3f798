using System.Diagnostics.CodeAnalysis;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>Scores groups while others are still being drawn; so many completions at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
internal sealed class RewardScorer(IReward? reward, int concurrency)
{
    public const int DefaultConcurrency = 64;

    private static readonly RewardOutcome NoReward = RewardOutcome.Unscored(RewardStatus.NotApplicable, "the run has no reward");
    private readonly SemaphoreSlim slots = new(concurrency);

    /// <summary>Starts scoring a group and ends when each of its completions has an outcome.</summary>
    public async Task<ScoredGroup> ScoreAsync(RolloutGroup group, CancellationToken ct)
    {
        var outcomes = await Task.WhenAll(group.Rollouts.Select(r => OneAsync(new RewardRequest(group.Prompt, r), ct))).ConfigureAwait(false);
        return new ScoredGroup(group.Prompt, [.. group.Rollouts.Select((r, i) => new ScoredRollout(r, outcomes[i]))]);
    }

    private async Task<RewardOutcome> OneAsync(RewardRequest request, CancellationToken ct)
    {
        if (reward is null) return NoReward;
        await slots.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // Off the caller's thread: a reward that computes without awaiting would hold up the drawing of the next group.
            return await Task.Run(() => reward.ScoreAsync(request, ct).AsTask(), ct).ConfigureAwait(false);
        }
        finally { slots.Release(); }
    }
}
