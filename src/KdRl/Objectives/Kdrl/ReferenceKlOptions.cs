using System.ComponentModel.DataAnnotations;
using KdRl.Distillation;
using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>The penalty for leaving the reference model: + coefficient · aggregate of the KL(policy‖reference) estimate.</summary>
public sealed class ReferenceKlOptions
{
    /// <summary>Weight of the term.</summary>
    /// <value>The default value is 1e-3.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Coefficient { get; set; } = 1e-3;

    /// <summary>The estimate and its gradient.</summary>
    /// <value>The default value is K3 times exp(lp − sg old): the unbiased form.</value>
    [Required]
    [ValidateObjectMembers]
    public KlPenaltyOptions Penalty { get; set; } = new();
}
