namespace KdRl.Rewards;

/// <summary>How several votes of a judge become one, field by field.</summary>
public enum JudgeVoteRule
{
    /// <summary>The middle vote, or the mean of the two middle ones.</summary>
    Median,

    /// <summary>What more than half of the valid votes say; without such a value there is no score.</summary>
    Majority,

    /// <summary>The arithmetic mean.</summary>
    Mean,
}
