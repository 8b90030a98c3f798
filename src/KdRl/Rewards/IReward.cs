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

    /// <summary>The rewards that this one asks; none for one that stands alone. The trainer finds state that belongs into a checkpoint through it.</summary>
    IEnumerable<IReward> Inner => [];

    /// <summary>Scores one completion.</summary>
    ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct);
}
