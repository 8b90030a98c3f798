using System.ComponentModel.DataAnnotations;
using KdRl.Distillation;
using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>The teacher's part of the objective. The defaults are KDRL's: K2 as a loss, β = 2e-3, added to the policy loss, no gate.</summary>
public sealed class DistillationOptions
{
    /// <summary>The term itself: estimator, gradient path, coefficient, gate and what they are divided by.</summary>
    /// <value>The default value is KDRL's.</value>
    [Required]
    [ValidateObjectMembers]
    public TeacherTermOptions Term { get; set; } = new();

    /// <summary>How the teacher joins the reward. Every mode but Add acts on detached d and wants K1 on the advantage path.</summary>
    /// <value>The default value is <see cref="Combination.Add"/>.</value>
    public Combination Combination { get; set; } = Combination.Add;

    /// <summary>ε of <see cref="Combination.Multiply"/>, between 0 and 1.</summary>
    /// <value>The default value is null: 0.2, where that mode is chosen.</value>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double? MultiplyClip { get; set; }

    /// <summary>A gate of your own, in place of the one that <see cref="Term"/> names.</summary>
    /// <value>The default value is null.</value>
    public IDistillationGate? CustomGate { get; set; }
}
