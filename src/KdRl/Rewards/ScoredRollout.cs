using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>A completion with its score and what other models think of its tokens.</summary>
/// <param name="Rollout">The completion.</param>
/// <param name="Outcome">Its score, or why there is none.</param>
public sealed record ScoredRollout(Rollout Rollout, RewardOutcome Outcome)
{
    /// <summary>The teacher's log-prob of each completion token; null when no teacher was asked.</summary>
    public float[]? TeacherLogProbs { get; init; }

    /// <summary>The reference model's log-prob of each completion token; null when none was asked.</summary>
    public float[]? ReferenceLogProbs { get; init; }

    /// <summary>The base model's log-prob of each completion token (reward extrapolation); null when none was asked.</summary>
    public float[]? BaseLogProbs { get; init; }
}
