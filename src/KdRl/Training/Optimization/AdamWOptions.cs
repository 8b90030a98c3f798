using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace KdRl.Training.Optimization;

/// <summary>Settings of <see cref="AdamW"/>. The learning rate is given at each step, since schedules change it.</summary>
public sealed class AdamWOptions
{
    /// <summary>β₁: share of the first moment that stays at each step.</summary>
    /// <value>The default value is 0.9.</value>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; set; } = 0.9;

    /// <summary>β₂: share of the second moment that stays at each step.</summary>
    /// <value>The default value is 0.999.</value>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; set; } = 0.999;

    /// <summary>ε, added to the root of the corrected second moment.</summary>
    /// <value>The default value is 1e-8.</value>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Epsilon { get; set; } = 1e-8;

    /// <summary>λ: each step multiplies the decayed parameters by 1 − learning rate · λ.</summary>
    /// <value>The default value is 0: reinforcement learning and distillation start from trained weights.</value>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; set; }

    /// <summary>Whether parameters of fewer than two dimensions (norm gains, biases) decay too.</summary>
    /// <value>The default value is <see langword="false"/>.</value>
    public bool DecayVectors { get; set; }

    /// <summary>Parameters that do not decay: each name that contains one of these texts (ordinal).</summary>
    /// <value>The default value is empty: matrices decay, the embedding included.</value>
    public IList<string> NoDecay { get; set; } = [];

    /// <summary>Largest global L2 norm of the gradient; a longer gradient is scaled down to it. Null does not clip.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? MaxGradientNorm { get; set; } = 1;

    /// <summary>Throws when an option is out of range or without effect.</summary>
    internal void ThrowIfInvalid()
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(this, new ValidationContext(this), results, validateAllProperties: true);
        List<string> failures = [.. results.Select(r => r.ErrorMessage!)];
        if (WeightDecay == 0 && DecayVectors)
            failures.Add($"{nameof(DecayVectors)} is true, but {nameof(WeightDecay)} is 0, so nothing decays; set {nameof(WeightDecay)} or leave {nameof(DecayVectors)} out.");
        if (WeightDecay == 0 && NoDecay.Count > 0)
            failures.Add($"{nameof(NoDecay)} names parameters, but {nameof(WeightDecay)} is 0, so nothing decays; set {nameof(WeightDecay)} or leave {nameof(NoDecay)} out.");
        if (failures.Count > 0) throw new OptionsValidationException(nameof(AdamWOptions), typeof(AdamWOptions), failures);
    }

    /// <summary>Whether a parameter decays.</summary>
    internal bool Decays(string name, long dimensions) =>
        (DecayVectors || dimensions > 1) && !NoDecay.Any(part => name.Contains(part, StringComparison.Ordinal));
}
