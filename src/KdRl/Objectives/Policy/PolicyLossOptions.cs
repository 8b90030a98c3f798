using System.ComponentModel.DataAnnotations;

namespace KdRl.Objectives;

/// <summary>The policy loss and its bounds. An option that the chosen kind does not read must be left at its default.</summary>
public sealed class PolicyLossOptions
{
    /// <summary>The formula.</summary>
    /// <value>The default value is <see cref="PolicyLossKind.Clipped"/>.</value>
    public PolicyLossKind Kind { get; set; } = PolicyLossKind.Clipped;

    /// <summary>Over what the ratio is taken; read by Clipped, Cispo and Sapo.</summary>
    /// <value>The default value is <see cref="RatioLevel.Token"/>.</value>
    public RatioLevel RatioLevel { get; set; } = RatioLevel.Token;

    /// <summary>How far the ratio may fall below 1: the lower bound is 1 − this (GMPO: of the logarithm, −this). Read by Clipped, Cispo and Gmpo.</summary>
    /// <value>The default value is null: 0.2, for GMPO 0.4.</value>
    [Range(0.0, double.MaxValue)]
    public double? ClipLow { get; set; }

    /// <summary>How far the ratio may rise above 1: the upper bound is 1 + this (GMPO: of the logarithm, this). Read by Clipped, Cispo and Gmpo.</summary>
    /// <value>The default value is null: as <see cref="ClipLow"/>.</value>
    [Range(0.0, double.MaxValue)]
    public double? ClipHigh { get; set; }

    /// <summary>Dual clip (arXiv 1912.09729): where A &lt; 0 the loss is at most −c A, with this c above 1. Read by Clipped.</summary>
    /// <value>The default value is null: none; verl has 3.</value>
    [Range(1.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? DualClip { get; set; }

    /// <summary>Upper bound of r in the unclipped branch, for either sign of A (TRL's delta). Read by Clipped.</summary>
    /// <value>The default value is null: none.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? RatioCap { get; set; }

    /// <summary>Bound of |lp − old| before the exponential; beyond it the gradient is 0. Read by all kinds with a ratio.</summary>
    /// <value>The default value is null: none, an overflow shows as a non-finite loss; verl has 20.</value>
    [Range(0.0, 80.0, MinimumIsExclusive = true)]
    public double? LogRatioBound { get; set; }

    /// <summary>SAPO's τ where A &gt; 0.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double SapoTauPositive { get; set; } = 1.0;

    /// <summary>SAPO's τ where A ≤ 0.</summary>
    /// <value>The default value is 1.05.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double SapoTauNegative { get; set; } = 1.05;

    internal double Low => ClipLow ?? (Kind == PolicyLossKind.Gmpo ? 0.4 : 0.2);

    internal double High => ClipHigh ?? Low;
}
