using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How much the length reward of Kimi k1.5 counts, and from when on.</summary>
public sealed class KimiLengthOptions
{
    /// <summary>What the length reward in [−½, ½] is multiplied by.</summary>
    /// <value>The default value is 1. The paper's weight is not published.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Weight { get; set; } = 1;

    /// <summary>Optimiser steps before it counts: the paper trains without it first, since it slows learning at the start.</summary>
    /// <value>The default value is 0: it counts from the start.</value>
    [Range(0L, long.MaxValue)]
    public long WarmupSteps { get; set; }
}
