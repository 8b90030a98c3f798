namespace KdRl.Transformers;

/// <summary>How rotary frequencies made for one context length are stretched to a longer one.</summary>
public abstract record RopeScaling
{
    private protected RopeScaling()
    {
    }

    /// <summary>How many times longer the context becomes; at least 1. <c>factor</c>.</summary>
    public required double Factor { get; init; }

    /// <summary>Multiplies the turned queries and keys alike.</summary>
    internal virtual double Magnitude => 1;

    /// <summary>The positions for which the frequencies hold, from 0 up to but without this; null: all.</summary>
    internal virtual int? Limit(TransformerConfig config) => null;

    /// <summary>Replaces the plain frequencies θ^(−2i/d), i = 0, 1, …, d/2 − 1, by the stretched ones.</summary>
    internal abstract void Apply(Span<double> frequencies, TransformerConfig config);

    /// <summary>The first constant out of range, as a sentence; null when there is none.</summary>
    internal virtual string? Problem(TransformerConfig config) =>
        Factor >= 1 && double.IsFinite(Factor) ? null : $"rope_scaling: factor is {Factor}; expected a number from 1.";
}
