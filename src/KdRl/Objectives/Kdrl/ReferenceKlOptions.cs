using System.ComponentModel.DataAnnotations;
using KdRl.Distillation;

namespace KdRl.Objectives;

/// <summary>The penalty for leaving the reference model: + coefficient · aggregate of the KL(policy‖reference) estimate.</summary>
public sealed class ReferenceKlOptions
{
    /// <summary>Weight of the term.</summary>
    /// <value>The default value is 1e-3.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Coefficient { get; set; } = 1e-3;

    /// <summary>How the value is computed. K1 cannot be a loss: its expected gradient is 0.</summary>
    /// <value>The default value is <see cref="KlEstimator.K2"/>.</value>
    public KlEstimator Estimator { get; set; } = KlEstimator.K2;

    /// <summary>How it enters the gradient: <see cref="GradientPath.Loss"/>, or <see cref="GradientPath.ReweightedLoss"/>, the unbiased form, for K3.</summary>
    /// <value>The default value is <see cref="GradientPath.Loss"/>.</value>
    public GradientPath Path { get; set; } = GradientPath.Loss;

    /// <summary>Allows K3 as a plain loss, as TRL and verl have it, although its gradient is that of the forward KL.</summary>
    /// <value>The default value is false.</value>
    public bool AllowForwardKlGradient { get; set; }
}
