using System.ComponentModel.DataAnnotations;

namespace KdRl.Distillation;

/// <summary>How the divergence from a reference model is computed. The defaults give the reverse-KL value and gradient.</summary>
/// <remarks>Checked by <see cref="KlPenaltyOptionsValidator"/> where the penalty is differentiated.</remarks>
public sealed class KlPenaltyOptions
{
    /// <summary>How the value is computed.</summary>
    /// <value>The default value is <see cref="KlPenaltyEstimator.K3"/>.</value>
    public KlPenaltyEstimator Estimator { get; set; } = KlPenaltyEstimator.K3;

    /// <summary>
    /// Multiplies the estimate by exp(lp − sg old), old the behaviour policy's log-prob (or lp itself): K1 and K3 then have the
    /// reverse-KL gradient, also after several updates on one batch.
    /// </summary>
    /// <value>The default value is true. Set it to false for plain K2, or for the peers' plain K3, whose gradient is that of the forward KL.</value>
    public bool ImportanceWeighted { get; set; } = true;

    /// <summary>Keeps the value but takes the gradient of K2 (the "+" estimators of verl). Not together with <see cref="ImportanceWeighted"/>.</summary>
    /// <value>The default value is false.</value>
    public bool GradientOfK2 { get; set; }

    /// <summary>Bound of |d| before the estimate, in nats; positive. Beyond it a differentiated estimate has no gradient.</summary>
    /// <value>The default value is null: unbounded. verl clamps K3 at 20.</value>
    [Range(double.Epsilon, double.MaxValue)]
    public double? DifferenceClamp { get; set; }

    /// <summary>Bound of |estimate|, in nats; positive. Beyond it a differentiated estimate has no gradient.</summary>
    /// <value>The default value is null: unbounded. verl clamps K3 at 10.</value>
    [Range(double.Epsilon, double.MaxValue)]
    public double? ValueClamp { get; set; }
}
