namespace KdRl.Objectives;

/// <summary>What is subtracted from a reward. Only scored rows enter a baseline; a row without a score gets 0.</summary>
public enum AdvantageBaseline
{
    /// <summary>The mean of the group (GRPO, Dr.GRPO).</summary>
    GroupMean,

    /// <summary>The mean of the other members of the group: n/(n−1) (R − mean) (RLOO).</summary>
    LeaveOneOut,

    /// <summary>The mean of all rows of the step.</summary>
    BatchMean,

    /// <summary>The length-weighted mean of the group, Σ len R / Σ len (OPO); needs lengths.</summary>
    LengthWeightedMean,

    /// <summary>The second best reward of the group, for the best member only; all others get 0 (pass@k).</summary>
    SecondBest,
}
