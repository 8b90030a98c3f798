namespace KdRl.Objectives;

/// <summary>
/// How per-token losses become one number. m is the mask, n_i the valid tokens of sequence i; N, S and C are the tokens,
/// sequences with a valid token, and constant of <see cref="LossDenominator"/>: those of the whole optimiser step.
/// </summary>
public enum LossAggregation
{
    /// <summary>Σ m l / N (DAPO).</summary>
    TokenMean,

    /// <summary>Σ m l.</summary>
    TokenSum,

    /// <summary>Σ_i (Σ_t m l / n_i) / S (GRPO).</summary>
    SequenceMeanOfTokenMeans,

    /// <summary>Σ_i Σ_t m l / S.</summary>
    SequenceMeanOfTokenSums,

    /// <summary>Σ m l / (S C) with a constant C such as the length limit (Dr.GRPO).</summary>
    SequenceSumOverConstant,
}
