using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Weights between sampler and trainer, and how far the two are apart. Numbers are over valid tokens; 0 when there are none.</summary>
public sealed class ImportanceResult
{
    /// <summary>The weights, <c>[B,T]</c>, without gradient; 0 outside the mask.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>(Σw)² / (n Σw²) of the final weights, in [0,1]: the share of the tokens that the weighted ones are worth.</summary>
    public required double EffectiveSampleSize { get; init; }

    /// <summary>Mean of the weights after bounds, before normalisation.</summary>
    public required double Mean { get; init; }

    /// <summary>Greatest weight before bounds.</summary>
    public required double Max { get; init; }

    /// <summary>Least weight before bounds.</summary>
    public required double Min { get; init; }

    /// <summary>Share of the tokens whose weight is above the upper bound.</summary>
    public required double FractionAbove { get; init; }

    /// <summary>Share of the tokens whose weight is below the lower bound.</summary>
    public required double FractionBelow { get; init; }
}
