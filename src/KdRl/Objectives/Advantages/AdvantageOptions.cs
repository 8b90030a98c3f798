using System.ComponentModel.DataAnnotations;

namespace KdRl.Objectives;

/// <summary>How rewards become advantages: A = (R − baseline) / scale.</summary>
/// <remarks>The defaults are GRPO's (arXiv 2402.03300). Sources of the variants: <see cref="AdvantageBaseline"/>, <see cref="AdvantageScale"/>.</remarks>
public sealed class AdvantageOptions
{
    /// <summary>What is subtracted.</summary>
    /// <value>The default value is <see cref="AdvantageBaseline.GroupMean"/>.</value>
    public AdvantageBaseline Baseline { get; set; } = AdvantageBaseline.GroupMean;

    /// <summary>What is divided by.</summary>
    /// <value>The default value is <see cref="AdvantageScale.GroupStd"/>.</value>
    public AdvantageScale Scale { get; set; } = AdvantageScale.GroupStd;

    /// <summary>What is subtracted from the count in the variance: 1 for the sample, 0 for the population.</summary>
    /// <value>The default value is 1.</value>
    [Range(0, 1)]
    public int DegreesOfFreedom { get; set; } = 1;

    /// <summary>Added to the standard deviation, after the root.</summary>
    /// <value>The default value is 1e-6 (verl); TRL has 1e-4.</value>
    [Range(0.0, 1.0)]
    public double Epsilon { get; set; } = 1e-6;
}
