using System.ComponentModel.DataAnnotations;

namespace KdRl.Training;

/// <summary>When a run ends before its last step, judged by accuracy on held-out prompts.</summary>
public sealed class EarlyStopOptions
{
    /// <summary>Evaluations in a row without improvement that end the run; 0 turns it off.</summary>
    /// <value>The default value is 0.</value>
    [Range(0, int.MaxValue)]
    public int Patience { get; set; }

    /// <summary>How much better than the best so far counts as improvement.</summary>
    /// <value>The default value is 0.</value>
    [Range(0.0, 1.0)]
    public double MinImprovement { get; set; }

    /// <summary>Held-out accuracy that ends the run; null: no target.</summary>
    /// <value>The default value is null.</value>
    [Range(0.0, 1.0)]
    public double? TargetAccuracy { get; set; }
}
