namespace KdRl.Rewards;

/// <summary>What became of a scoring request. Only <see cref="Scored"/> carries a number.</summary>
public enum RewardStatus
{
    /// <summary>The reward was computed.</summary>
    Scored,

    /// <summary>This reward does not apply to the prompt.</summary>
    NotApplicable,

    /// <summary>The work was killed at its deadline.</summary>
    TimedOut,

    /// <summary>The work failed for a reason that is not the policy's.</summary>
    Failed,
}
