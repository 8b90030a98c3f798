namespace KdRl.Rewards;

/// <summary>Says what a completion is worth.</summary>
/// <remarks>
/// Called concurrently. Faults of the infrastructure are reported as <see cref="RewardOutcome.Unscored"/>, not thrown and
/// never as 0; an exception other than cancellation stops the run.
/// </remarks>
public interface IReward
{
    /// <summary>Names the reward in logs and metrics.</summary>
    string Name { get; }

    /// <summary>Scores one completion.</summary>
    ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct);
}
