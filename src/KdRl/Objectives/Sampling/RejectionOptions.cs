using System.ComponentModel.DataAnnotations;
using KdRl.Distillation;

namespace KdRl.Objectives;

/// <summary>
/// Drops tokens or sequences on which sampler and trainer disagree from the policy loss; the denominator keeps them. The statistic
/// is an estimate of KL(sampler‖trainer) with d = trainer − sampler log-prob: K1 −d, K2 d²/2, K3 eᵈ − 1 − d (verl's rollout_rs).
/// </summary>
public sealed class RejectionOptions
{
    /// <summary>The statistic.</summary>
    /// <value>The default value is <see cref="KlEstimator.K3"/>.</value>
    public KlEstimator Statistic { get; set; } = KlEstimator.K3;

    /// <summary>Over what it is taken.</summary>
    /// <value>The default value is <see cref="RejectionLevel.Token"/>.</value>
    public RejectionLevel Level { get; set; } = RejectionLevel.Token;

    /// <summary>Greatest statistic that is kept. For K1 a bound of −log(trainer/sampler), such as ln 2.</summary>
    /// <value>There is no default: it must be set.</value>
    [Required]
    public double? Upper { get; set; }

    /// <summary>Least statistic that is kept; only for K1, the only one that can be negative.</summary>
    /// <value>The default value is null: none.</value>
    public double? Lower { get; set; }

    /// <summary>Bound of |d| before the estimate.</summary>
    /// <value>The default value is 20.</value>
    [Range(0.0, 80.0, MinimumIsExclusive = true)]
    public double LogBound { get; set; } = 20;
}
