using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>The gate of a <see cref="MarsReward"/>.</summary>
public sealed class MarsFormatOptions
{
    /// <summary>The least score of the format reward that passes.</summary>
    /// <value>The default value is 1: the whole form is kept.</value>
    [Range(-1e6, 1e6)]
    public double Threshold { get; set; } = 1;

    /// <summary>r_fmt, the score of a broken form; at most the lowest score that a kept form can have, so that breaking it never pays.</summary>
    /// <value>
    /// The default value is null, which means, for each source, min(−1, lowest primary score − Σ |weight of an auxiliary term|).
    /// </value>
    [Range(-1e6, 1e6)]
    public double? Penalty { get; set; }

    /// <summary>
    /// Whether the primary reward is asked although the form is broken. Its verdict then counts for accuracy and pass rates; the score is r_fmt either way. False
    /// saves its cost and leaves the verdict unknown.
    /// </summary>
    /// <value>The default value is true.</value>
    public bool JudgeBroken { get; set; } = true;
}
