using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>A growing penalty on the reward of responses that come near the length limit (DAPO, arXiv 2503.14476).</summary>
public sealed class SoftOverlongOptions
{
    /// <summary>The length limit, in tokens.</summary>
    /// <value>There is no default: it must be set.</value>
    [Range(1, int.MaxValue)]
    public int MaxLength { get; set; }

    /// <summary>Tokens before the limit over which the penalty grows; at most <see cref="MaxLength"/>.</summary>
    /// <value>The default value is 0: the penalty sets in whole beyond the limit; only where it is capped.</value>
    [Range(0, int.MaxValue)]
    public int Buffer { get; set; }

    /// <summary>The penalty at the limit.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Factor { get; set; } = 1;

    /// <summary>Keeps the penalty at <see cref="Factor"/> beyond the limit (TRL, OpenRLHF); else it goes on growing (verl).</summary>
    /// <value>The default value is true.</value>
    public bool Capped { get; set; } = true;
}
