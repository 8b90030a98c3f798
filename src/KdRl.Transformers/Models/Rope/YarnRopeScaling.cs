namespace KdRl.Transformers;

/// <summary>
/// YaRN (Peng et al. 2023): f′ = r·f/factor + (1 − r)·f, where r rises from 0 to 1 over the pairs between the one that makes
/// <see cref="BetaFast"/> turns in the original context and the one that makes <see cref="BetaSlow"/>; turned queries and
/// keys are multiplied by the attention factor. <c>rope_type: yarn</c>.
/// </summary>
/// <remarks>
/// <see cref="RopeScaling.Factor"/> is used as stated, also where it is not the ratio of the two context lengths.
/// </remarks>
public sealed record YarnRopeScaling : RopeScaling
{
    /// <summary>
    /// Context length L the model was first trained with, in tokens; positive. Left out (null): <see cref="TransformerConfig.MaxPositions"/>.
    /// <c>original_max_position_embeddings</c>.
    /// </summary>
    public int? OriginalMaxPositions { get; init; }

    /// <summary>Pairs with more turns than this in the original context stay; positive. <c>beta_fast</c>.</summary>
    /// <value>The default value is 32.</value>
    public double BetaFast { get; init; } = 32;

    /// <summary>Pairs with fewer turns than this in the original context are divided by the factor; positive, below <see cref="BetaFast"/>. <c>beta_slow</c>.</summary>
    /// <value>The default value is 1.</value>
    public double BetaSlow { get; init; } = 1;

    /// <summary>
    /// Multiplies the turned queries and keys; positive. Left out (null): m(<see cref="MScale"/>)/m(<see cref="MScaleAllDim"/>) when both
    /// are given, else m(1), with m(x) = 0.1·x·ln(factor) + 1. <c>attention_factor</c>.
    /// </summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Used for the attention factor, together with <see cref="MScaleAllDim"/>; positive. Left out (null): unused. <c>mscale</c>.</summary>
    public double? MScale { get; init; }

    /// <summary>Used for the attention factor, together with <see cref="MScale"/>; positive. Left out (null): unused. <c>mscale_all_dim</c>.</summary>
    public double? MScaleAllDim { get; init; }

    /// <summary>Whether the ends of the ramp are whole pairs. <c>truncate</c>.</summary>
    /// <value>The default value is true.</value>
    public bool Truncate { get; init; } = true;

    internal override double Magnitude => AttentionFactor ?? (MScale is { } scale && MScaleAllDim is { } all ? Scale(scale) / Scale(all) : Scale(1));

    private double Scale(double x) => 0.1 * x * Math.Log(Factor) + 1;

    internal override void Apply(Span<double> frequencies, TransformerConfig config)
    {
        var (low, high) = (Pair(BetaFast, config), Pair(BetaSlow, config));
        if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, config.HeadDim - 1));
        // A ramp of no width is a step, as in Hugging Face's implementation.
        if (low == high) high += 0.001;
        for (var i = 0; i < frequencies.Length; i++)
        {
            var ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            frequencies[i] = ramp * frequencies[i] / Factor + (1 - ramp) * frequencies[i];
        }
    }

    /// <summary>The pair that makes so many turns in the original context, solved for i: L·θ^(−2i/d) = 2π·turns.</summary>
    private double Pair(double turns, TransformerConfig config) =>
        config.HeadDim * Math.Log((OriginalMaxPositions ?? config.MaxPositions) / (turns * 2 * Math.PI)) / (2 * Math.Log(config.RopeTheta));

    internal override string? Problem(TransformerConfig config)
    {
        if (base.Problem(config) is { } problem) return problem;
        foreach (var (name, value) in new (string, double?)[]
        {
            ("original_max_position_embeddings", OriginalMaxPositions), ("beta_fast", BetaFast), ("beta_slow", BetaSlow),
            ("attention_factor", AttentionFactor), ("mscale", MScale), ("mscale_all_dim", MScaleAllDim),
        })
            if (value is { } number && !(number > 0 && double.IsFinite(number))) return $"rope_scaling: {name} is {number}; expected a positive number.";
        if (BetaSlow >= BetaFast) return $"rope_scaling: beta_slow is {BetaSlow}; expected less than beta_fast = {BetaFast}.";
        return config.RopeTheta > 1 ? null : $"rope_theta is {config.RopeTheta}; expected more than 1 beside yarn.";
    }
}
