using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>Refuses penalties that do not hold the student to the reference when differentiated, with the reason.</summary>
public sealed class KlPenaltyOptionsValidator : IValidateOptions<KlPenaltyOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KlPenaltyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = (new KlPenaltyRanges().Validate(name, options).Failures ?? []).Concat(Failures(options)).ToList();
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Failures(KlPenaltyOptions o)
    {
        if (!Enum.IsDefined(o.Estimator)) yield return $"Estimator is {o.Estimator}; expected K1, Abs, K2 or K3.";
        if (o.ImportanceWeighted && o.GradientOfK2)
            yield return "ImportanceWeighted and GradientOfK2 are both set; each decides the gradient. Choose one.";
        else if (o.ImportanceWeighted && o.Estimator == KlPenaltyEstimator.K2)
            yield return "Estimator K2 with ImportanceWeighted: the weight adds the gradient of K2's bias; the sum is not the reverse-KL gradient. Set ImportanceWeighted to false.";
        else if (o.ImportanceWeighted && o.Estimator == KlPenaltyEstimator.Abs)
            yield return "Estimator Abs with ImportanceWeighted: its gradient is that of no divergence. Use GradientOfK2, or another estimator.";
        else if (!o.ImportanceWeighted && !o.GradientOfK2 && o.Estimator == KlPenaltyEstimator.K1)
            yield return "Estimator K1 without ImportanceWeighted or GradientOfK2: the expected gradient is exactly zero, the reference drops out.";
        else if (!o.ImportanceWeighted && !o.GradientOfK2 && o.Estimator == KlPenaltyEstimator.Abs)
            yield return "Estimator Abs without GradientOfK2: its gradient is that of no divergence. Set GradientOfK2, or use another estimator.";
        if (o.GradientOfK2 && o is { Estimator: KlPenaltyEstimator.K2, DifferenceClamp: null, ValueClamp: null })
            yield return "GradientOfK2 has no effect on Estimator K2 without a clamp; leave it out.";
        if (o.DifferenceClamp is { } d && !double.IsFinite(d)) yield return "DifferenceClamp must be finite.";
        if (o.ValueClamp is { } v && !double.IsFinite(v)) yield return "ValueClamp must be finite.";
    }
}
