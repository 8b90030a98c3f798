using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>What is said of one primary reward.</summary>
public sealed class MarsSourceOptions
{
    /// <summary>Tasks that are routed to it, beside the one of its own name.</summary>
    /// <value>The default value is none.</value>
    public IList<string> Tasks { get; set; } = [];

    /// <summary>What its score is multiplied by; more than 0.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double Weight { get; set; } = 1;

    /// <summary>The lowest score that it gives. It decides how deep the format penalty must lie. A preference has −<see cref="NormalizationOptions.Clip"/>.</summary>
    /// <value>The default value is null, which means 0 for a verifier.</value>
    [Range(-1e6, 1e6)]
    public double? Lowest { get; set; }

    /// <summary>The highest score that it gives; one outside of the range is reported as <see cref="RewardStatus.Failed"/>.</summary>
    /// <value>The default value is null, which means 1 for a verifier.</value>
    [Range(-1e6, 1e6)]
    public double? Highest { get; set; }
}
