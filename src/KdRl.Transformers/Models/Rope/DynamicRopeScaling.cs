namespace KdRl.Transformers;

/// <summary>
/// NTK-aware scaling whose base grows with the length n of the sequence: θ′ = θ·(factor·n/N − (factor − 1))^(d/(d − 2)) for
/// n > N = <see cref="TransformerConfig.MaxPositions"/>, and θ up to there. <c>rope_type: dynamic</c>.
/// </summary>
/// <remarks>
/// Beyond N every new token would change the keys of all earlier ones, so that a token's log-prob would depend on what
/// follows it, and sampling and training would disagree. Sequences are therefore limited to N tokens, where the frequencies
/// are the plain ones whatever the factor; longer ones are refused.
/// </remarks>
public sealed record DynamicRopeScaling : RopeScaling
{
    internal override int? Limit(TransformerConfig config) => config.MaxPositions;

    internal override void Apply(Span<double> frequencies, TransformerConfig config)
    {
        // Plain up to the limit.
    }
}
