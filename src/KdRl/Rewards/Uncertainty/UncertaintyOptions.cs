using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How the uncertainty of a policy is estimated from its answers.</summary>
public sealed class UncertaintyOptions
{
    /// <summary>The base of the logarithm: e for nats, 2 for bits. More than 1.</summary>
    /// <value>The default value is e. UAlign's paper does not say, its code uses 2.</value>
    [Range(1.0, double.MaxValue, MinimumIsExclusive = true)]
    public double LogBase { get; set; } = Math.E;

    /// <summary>
    /// All right answers are one cluster, and wrong ones are parted by their text alone: UAlign's cheap rule, which needs no comparison.
    /// </summary>
    /// <value>The default value is false: answers are compared with each other.</value>
    public bool CorrectAsOneCluster { get; set; }
}
