using System.ComponentModel.DataAnnotations;

namespace KdRl.Curriculum;

/// <summary>When fast thinking is enough. Pangu Embedded (arXiv 2505.22375) publishes neither rule nor numbers: both are ours.</summary>
public sealed class ThinkingModeOptions
{
    /// <summary>τ, the share of fast answers that must be right. A decimal, so that 0.75 of 8 is exactly 6.</summary>
    /// <value>The default value is 0.75.</value>
    [Range(typeof(decimal), "0", "1", ParseLimitsInInvariantCulture = true, MinimumIsExclusive = true)]
    public decimal FastPassRate { get; set; } = 0.75m;

    /// <summary>k, fast answers that must be known before a prompt is called easy.</summary>
    /// <value>The default value is 8.</value>
    [Range(1, 4096)]
    public int MinSamples { get; set; } = 8;

    /// <summary>
    /// By how much slow answers must be right more often than fast ones for slow thinking to be worth it, where some fast ones are right and as many slow answers are known.
    /// </summary>
    /// <value>The default value is null: the fast pass rate alone decides.</value>
    [Range(typeof(decimal), "0", "1", ParseLimitsInInvariantCulture = true)]
    public decimal? MinSlowGain { get; set; }
}
