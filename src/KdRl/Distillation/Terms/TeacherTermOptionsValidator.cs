using Microsoft.Extensions.Options;

namespace KdRl.Distillation;

/// <summary>Refuses teacher terms whose gradient is not what it seems, and options without effect, with the reason.</summary>
/// <remarks>The gradients are expectations over tokens sampled from the student; a test computes each of them exactly.</remarks>
public sealed class TeacherTermOptionsValidator : IValidateOptions<TeacherTermOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TeacherTermOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var ranges = new TeacherTermRanges().Validate(name, options);
        var failures = (ranges.Failures ?? []).Concat(Undefined(options)).ToList();
        if (options.Coefficient is not null) failures.AddRange(options.Coefficient.Failures("Coefficient."));
        if (failures.Count > 0) return ValidateOptionsResult.Fail(failures);
        failures.AddRange(Gradients(options));
        failures.AddRange(WithoutEffect(options));
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Undefined(TeacherTermOptions o)
    {
        if (!Enum.IsDefined(o.Estimator)) yield return $"Estimator is {o.Estimator}; expected K1, K2 or K3.";
        if (!Enum.IsDefined(o.Path)) yield return $"Path is {o.Path}; expected Loss, ReweightedLoss or Advantage.";
        if (!Enum.IsDefined(o.Support)) yield return $"Support is {o.Support}; expected SampledToken, FullVocabulary or TopKWithTail.";
        if (!Enum.IsDefined(o.Gate)) yield return $"Gate is {o.Gate}; expected one of {string.Join(", ", Enum.GetNames<DistillationGateKind>())}.";
        if (!Enum.IsDefined(o.GateDenominator)) yield return $"GateDenominator is {o.GateDenominator}; expected AllTokens or KeptTokens.";
        if (new[] { o.AgreementMargin, o.LogProbFloor ?? 0, o.DifferenceClip ?? 0, o.DifferenceFloor ?? 0, o.Discount, o.Extrapolation, o.DivergenceBeta }.Any(x => !double.IsFinite(x)))
            yield return "AgreementMargin, LogProbFloor, DifferenceClip, DifferenceFloor, Discount, Extrapolation and DivergenceBeta must be finite.";
    }

    private static IEnumerable<string> Gradients(TeacherTermOptions o)
    {
        if (o.Support != TeacherSupport.SampledToken)
        {
            if (o.Path == GradientPath.Advantage)
                yield return $"Support {o.Support} with Path Advantage: a sum over the vocabulary does not depend on the sampled token; detached, it is a baseline with zero expected gradient. Use Path Loss.";
            if (o.Path == GradientPath.ReweightedLoss)
                yield return $"Support {o.Support} with Path ReweightedLoss: the divergence is already exact at each position; the weight exp(lp − sg lp) would add only noise. Use Path Loss.";
            yield break;
        }
        switch (o.Estimator, o.Path)
        {
            case (KlEstimator.K1, GradientPath.Loss):
                yield return "Estimator K1 with Path Loss: the expected gradient is exactly zero, the teacher drops out. Use K2 with Loss, or K1 with Advantage.";
                break;
            case (KlEstimator.K2 or KlEstimator.K3, GradientPath.Advantage):
                yield return $"Estimator {o.Estimator} with Path Advantage: the expected gradient is not that of the reverse KL (its first-order signal is lost). Use K1 with Advantage, or K2 with Loss.";
                break;
            case (KlEstimator.K2, GradientPath.ReweightedLoss):
                yield return "Estimator K2 with Path ReweightedLoss: the weight adds the gradient of K2's bias; the sum is not the reverse-KL gradient. Use K2 with Loss, or K3 with ReweightedLoss.";
                break;
            case (KlEstimator.K3, GradientPath.Loss) when !o.AllowForwardKlGradient:
                yield return "Estimator K3 with Path Loss: its expected gradient is that of the forward KL. Set AllowForwardKlGradient to want that, or use K2 with Loss or K3 with ReweightedLoss.";
                break;
            case (KlEstimator.K1, GradientPath.ReweightedLoss) when o.Gate != DistillationGateKind.None:
                yield return $"Estimator K1 with Path ReweightedLoss and Gate {o.Gate}: each token also carries the score of the policy, which only averages to zero when every response counts. Use K3 with ReweightedLoss, or K2 with Loss.";
                break;
        }
        if (o.NeedsBase && o.Estimator == KlEstimator.K3)
            yield return $"Extrapolation is {o.Extrapolation} with Estimator K3: the extrapolated target is not normalised, and K3 relies on that. Use K1 or K2.";
    }

    private static IEnumerable<string> WithoutEffect(TeacherTermOptions o)
    {
        if (o.AllowForwardKlGradient && (o.Estimator, o.Path, o.Support) != (KlEstimator.K3, GradientPath.Loss, TeacherSupport.SampledToken))
            yield return "AllowForwardKlGradient has no effect except on Estimator K3 with Path Loss; leave it out.";
        if (o.DivergenceBeta != 1 && o.Support != TeacherSupport.FullVocabulary)
            yield return $"DivergenceBeta is {o.DivergenceBeta}, but Support {o.Support} does not use it; leave it out.";
        if (o.AgreementMargin != 0 && o.Gate != DistillationGateKind.TrajectoryAgreement)
            yield return $"AgreementMargin is {o.AgreementMargin}, but Gate {o.Gate} does not use it; leave it out.";
        if (o.GateDenominator == GateDenominator.KeptTokens && o.Gate == DistillationGateKind.None)
            yield return "GateDenominator KeptTokens has no effect with Gate None: every token is kept.";
        if (o.Path != GradientPath.Advantage)
        {
            const string why = "acts on the detached reward; a differentiated estimate would lose the gradient of just those tokens. Use Estimator K1 with Path Advantage.";
            if (o.DifferenceClip is not null) yield return $"DifferenceClip is {o.DifferenceClip} with Path {o.Path}: it {why}";
            if (o.DifferenceFloor is not null) yield return $"DifferenceFloor is {o.DifferenceFloor} with Path {o.Path}: it {why}";
            if (o.Discount != 0) yield return $"Discount is {o.Discount} with Path {o.Path}: it acts on the detached reward. Use Estimator K1 with Path Advantage.";
        }
        if (o.DifferenceFloor <= -o.DifferenceClip)
            yield return $"DifferenceFloor {o.DifferenceFloor} lies at or below −DifferenceClip ({-o.DifferenceClip}) and has no effect; leave it out.";
        if (o.Support == TeacherSupport.SampledToken) yield break;
        if (o.Estimator != KlEstimator.K2) yield return $"Estimator is {o.Estimator}, but Support {o.Support} does not estimate; leave it out.";
        if (o.LogProbFloor is not null) yield return $"LogProbFloor has no effect with Support {o.Support}, which is handed the divergence; leave it out.";
        if (o.NeedsBase) yield return $"Extrapolation has no effect with Support {o.Support}, which is handed the divergence; leave it out.";
    }
}
