namespace KdRl.Transformers;

/// <summary>Position interpolation: f′ = f / factor (Chen et al. 2023). <c>rope_type: linear</c>.</summary>
public sealed record LinearRopeScaling : RopeScaling
{
    internal override void Apply(Span<double> frequencies, TransformerConfig config)
    {
        foreach (ref var f in frequencies) f /= Factor;
    }
}
