namespace KdRl.Objectives;

/// <summary>What a centred reward is divided by.</summary>
public enum AdvantageScale
{
    /// <summary>Nothing (Dr.GRPO).</summary>
    None,

    /// <summary>The standard deviation of the group plus epsilon (GRPO).</summary>
    GroupStd,

    /// <summary>The standard deviation of all rows of the step plus epsilon.</summary>
    BatchStd,

    /// <summary>The mean of the group (max-RL); a group of mean 0 gets 0. Rewards must not be negative.</summary>
    GroupMean,

    /// <summary>The share of rows of the step whose reward is not 0 (GPG).</summary>
    NonZeroShare,
}
