using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>
/// Weighs a task's primary reward by its pass rate p: floor + (1 − floor)·exp(−(p − centre)²/(2·width²)), the bump of Pangu Embedded's selection by medium complexity
/// (its kernel is not published). A task whose pass rate is not known has the factor 1.
/// </summary>
/// <remarks>
/// The factor changes a primary reward against the auxiliary terms and the format penalty. Alone it acts on the gradient only where advantages are not divided
/// by the deviation of their group.
/// </remarks>
public sealed class MarsCurriculumOptions
{
    /// <summary>The pass rate with the whole weight.</summary>
    /// <value>The default value is 0.5.</value>
    [Range(0.0, 1.0)]
    public double Centre { get; set; } = 0.5;

    /// <summary>How far from the centre the weight falls off.</summary>
    /// <value>The default value is 0.2.</value>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public double Width { get; set; } = 0.2;

    /// <summary>The factor far from the centre, in (0, 1].</summary>
    /// <value>The default value is 0.2.</value>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Floor { get; set; } = 0.2;

    internal double Factor(double? passRate) =>
        passRate is { } p ? Floor + (1 - Floor) * Math.Exp(-(p - Centre) * (p - Centre) / (2 * Width * Width)) : 1;
}
