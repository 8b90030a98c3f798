namespace KdRl.Transformers;

/// <summary>
/// Llama 3.1's scaling. With the wavelength λ = 2π/f and L = <see cref="OriginalMaxPositions"/>: f′ = f where λ &lt; L/high,
/// f/factor where λ > L/low, and between them (1 − s)·f/factor + s·f with s = (L/λ − low)/(high − low).
/// <c>rope_type: llama3</c>.
/// </summary>
public sealed record Llama3RopeScaling : RopeScaling
{
    /// <summary>Frequencies with fewer turns than this in the original context are divided by the factor; positive. <c>low_freq_factor</c>.</summary>
    public required double LowFrequencyFactor { get; init; }

    /// <summary>Frequencies with more turns than this in the original context stay; above <see cref="LowFrequencyFactor"/>. <c>high_freq_factor</c>.</summary>
    public required double HighFrequencyFactor { get; init; }

    /// <summary>Context length the model was first trained with, in tokens; positive. <c>original_max_position_embeddings</c>.</summary>
    public required int OriginalMaxPositions { get; init; }

    internal override void Apply(Span<double> frequencies, TransformerConfig config)
    {
        foreach (ref var f in frequencies)
        {
            var turns = OriginalMaxPositions * f / (2 * Math.PI);
            var share = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
            f = (1 - share) * f / Factor + share * f;
        }
    }

    internal override string? Problem(TransformerConfig config)
    {
        if (base.Problem(config) is { } problem) return problem;
        if (!(LowFrequencyFactor > 0 && double.IsFinite(LowFrequencyFactor))) return $"rope_scaling: low_freq_factor is {LowFrequencyFactor}; expected a positive number.";
        if (!(HighFrequencyFactor > LowFrequencyFactor && double.IsFinite(HighFrequencyFactor)))
            return $"rope_scaling: high_freq_factor is {HighFrequencyFactor}; expected a number above low_freq_factor = {LowFrequencyFactor}.";
        return OriginalMaxPositions > 0 ? null : $"rope_scaling: original_max_position_embeddings is {OriginalMaxPositions}; expected a positive number.";
    }
}
