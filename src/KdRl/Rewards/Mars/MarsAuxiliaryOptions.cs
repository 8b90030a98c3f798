using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>The weight of an auxiliary term.</summary>
public sealed class MarsAuxiliaryOptions
{
    /// <summary>What its score in [−1, 1] is multiplied by; negative to punish what scores high.</summary>
    /// <value>The default value is 0.1, a light term.</value>
    [Range(-1e6, 1e6)]
    public double Weight { get; set; } = 0.1;

    /// <summary>Pass rate of the task up to which the weight is 0.</summary>
    /// <value>The default value is null: the term counts from the first step on.</value>
    [Range(0.0, 1.0)]
    public double? FromPassRate { get; set; }

    /// <summary>Pass rate of the task from which the whole weight counts; in between it rises linearly. While no pass rate is known the weight is 0.</summary>
    /// <value>The default value is null: the term counts from the first step on.</value>
    [Range(0.0, 1.0)]
    public double? FullPassRate { get; set; }
}
