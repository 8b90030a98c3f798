namespace KdRl.Rewards;

/// <summary>A judgement, or why there is none.</summary>
public sealed record RiskVerdict
{
    private RiskVerdict(RiskJudgement? judgement, RewardStatus status, string? reason) => (Judgement, Status, Reason) = (judgement, status, reason);

    /// <summary>The judgement; null when there is none.</summary>
    public RiskJudgement? Judgement { get; }

    /// <summary><see cref="RewardStatus.Scored"/> when there is a judgement; otherwise why there is none.</summary>
    public RewardStatus Status { get; }

    /// <summary>What happened, in words; may be null.</summary>
    public string? Reason { get; init; }

    /// <summary>A judgement; whether it contradicts itself is checked by the reward.</summary>
    public static RiskVerdict Of(RiskJudgement judgement) => new(judgement, RewardStatus.Scored, null);

    /// <summary>No judgement.</summary>
    /// <exception cref="ArgumentException">The status is <see cref="RewardStatus.Scored"/>.</exception>
    public static RiskVerdict None(RewardStatus status, string reason) => status != RewardStatus.Scored
        ? new RiskVerdict(null, status, reason)
        : throw new ArgumentException("A scored verdict needs a judgement; use Of.", nameof(status));
}
