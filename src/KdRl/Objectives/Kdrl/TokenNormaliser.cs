namespace KdRl.Objectives;

/// <summary>What <see cref="LossAggregation.TokenMean"/> divides by.</summary>
public enum TokenNormaliser
{
    /// <summary>All tokens of the optimiser step.</summary>
    BatchTokens,

    /// <summary>The tokens of each group, then the mean over groups: the literal formula of KDRL section 2.1.</summary>
    GroupTokens,
}
