namespace KdRl.Objectives;

/// <summary>Over what the ratio between the policy and the old policy is taken.</summary>
public enum RatioLevel
{
    /// <summary>Each token: r = exp(lp − old).</summary>
    Token,

    /// <summary>The sequence: s = exp(mean_t (lp − old)), with gradient through the mean (GSPO).</summary>
    Sequence,

    /// <summary>
    /// The sequence ratio in value, the token in gradient: log s = lp − sg lp + sg(mean_t (lp − old)) (GSPO-token); allows
    /// advantages that differ between tokens.
    /// </summary>
    SequenceToken,
}
