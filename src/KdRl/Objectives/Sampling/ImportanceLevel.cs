namespace KdRl.Objectives;

/// <summary>Over what the weight between sampler and trainer is taken. x = trainer − sampler log-prob of a token.</summary>
public enum ImportanceLevel
{
    /// <summary>Each token: w = eˣ.</summary>
    Token,

    /// <summary>The sequence: w = exp(Σ x), the same for its tokens.</summary>
    Sequence,

    /// <summary>The sequence, by the geometric mean: w = exp(mean x).</summary>
    SequenceMean,
}
