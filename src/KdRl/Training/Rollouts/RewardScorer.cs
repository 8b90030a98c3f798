using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>Scores groups while others are still being drawn; so many completions at a time.</summary>
internal sealed class RewardScorer(IReward? reward, int concurrency)
{
    private static readonly Task<RewardOutcome> NoReward = Task.FromResult(RewardOutcome.Unscored(RewardStatus.NotApplicable, "the run has no reward"));
    private readonly RewardQueue? queue = reward is null ? null : new RewardQueue(reward, concurrency);

    // Inner before outer.
    private readonly IGroupReward[] ofGroups = [.. reward?.SelfAndInner().OfType<IGroupReward>().Reverse() ?? []];

    /// <summary>Starts scoring a group and ends when each of its completions has an outcome.</summary>
    public async Task<ScoredGroup> ScoreAsync(RolloutGroup group, CancellationToken ct)
    {
        var outcomes = await Task.WhenAll(group.Rollouts.Select(r => queue?.ScoreAsync(new RewardRequest(group.Prompt, r), ct) ?? NoReward)).ConfigureAwait(false);
        var scored = new ScoredGroup(group.Prompt, [.. group.Rollouts.Select((r, i) => new ScoredRollout(r, outcomes[i]))]);
        return ofGroups.Aggregate(scored, (shaped, reward) => reward.ShapeGroup(shaped));
    }
}
