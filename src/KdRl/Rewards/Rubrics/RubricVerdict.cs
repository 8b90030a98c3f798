namespace KdRl.Rewards;

/// <summary>What a judge of rubrics says: ratings, or why there are none.</summary>
public sealed record RubricVerdict
{
    private RubricVerdict(IReadOnlyList<IReadOnlyList<double>>? ratings, RewardStatus status, string? reason) => (Ratings, Status, Reason) = (ratings, status, reason);

    /// <summary>For each trait, for each of its questions, a rating from 1 to 10; null when there are none.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? Ratings { get; }

    /// <summary><see cref="RewardStatus.Scored"/> when there are ratings or the text was refused; otherwise why there are none.</summary>
    public RewardStatus Status { get; }

    /// <summary>What happened, in words; may be null.</summary>
    public string? Reason { get; init; }

    /// <summary>Ratings; whether they fit the rubric is checked by the reward.</summary>
    public static RubricVerdict Of(IReadOnlyList<IReadOnlyList<double>> ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        return new RubricVerdict(ratings, RewardStatus.Scored, null);
    }

    /// <summary>The text was not worth rating: its score is 0, which is the writer's doing.</summary>
    public static RubricVerdict Refused(string reason) => new(null, RewardStatus.Scored, reason);

    /// <summary>No ratings, for a reason that is not the writer's.</summary>
    /// <exception cref="ArgumentException">The status is <see cref="RewardStatus.Scored"/>.</exception>
    public static RubricVerdict None(RewardStatus status, string reason) => status != RewardStatus.Scored
        ? new RubricVerdict(null, status, reason)
        : throw new ArgumentException("A scored verdict needs ratings or a refusal; use Of or Refused.", nameof(status));
}
