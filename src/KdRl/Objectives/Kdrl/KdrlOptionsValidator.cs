using KdRl.Distillation;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>Refuses objectives that cannot work, do not teach what they seem to, or hold an option without effect; each with the reason.</summary>
public sealed class KdrlOptionsValidator : IValidateOptions<KdrlOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, KdrlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = (new KdrlRanges().Validate(name, options).Failures ?? []).ToList();
        if (failures.Count == 0)
        {
            failures.AddRange(Aggregation(options));
            failures.AddRange(Rewards(options));
            failures.AddRange(PolicyLossRules.Failures(options));
            failures.AddRange(DistillationRules.Failures(options));
            failures.AddRange(Sampling(options));
            failures.AddRange(Others(options));
        }
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Aggregation(KdrlOptions o)
    {
        if (!Enum.IsDefined(o.Aggregation)) yield return $"Aggregation is {o.Aggregation}; expected one of {string.Join(", ", Enum.GetNames<LossAggregation>())}.";
        if (!Enum.IsDefined(o.TokenNormaliser)) yield return $"TokenNormaliser is {o.TokenNormaliser}; expected BatchTokens or GroupTokens.";
        var usesConstant = o.Aggregation == LossAggregation.SequenceSumOverConstant;
        if (usesConstant && o.AggregationConstant is null)
            yield return "AggregationConstant is not set; SequenceSumOverConstant needs it, such as the length limit: the width of a batch would depend on its padding.";
        if (!usesConstant && o.AggregationConstant is { } constant)
            yield return $"AggregationConstant is {constant}, but Aggregation {o.Aggregation} does not use it; leave it out.";
        if (o.TokenNormaliser == TokenNormaliser.GroupTokens && o.Aggregation != LossAggregation.TokenMean)
            yield return $"TokenNormaliser GroupTokens has no effect with Aggregation {o.Aggregation}; it says what TokenMean divides by.";
    }

    private static IEnumerable<string> Rewards(KdrlOptions o)
    {
        var (advantage, plain) = (o.Advantage, new AdvantageOptions());
        if (!Enum.IsDefined(advantage.Baseline) || !Enum.IsDefined(advantage.Scale)) yield return "Advantage.Baseline or Advantage.Scale is not a known value.";
        if (!o.UseRewards)
        {
            const string why = "has no effect without rewards; leave it out, or set UseRewards.";
            if (o.Distillation is null) yield return "UseRewards is false and Distillation is null; there is nothing to learn from.";
            if (advantage.Baseline != plain.Baseline || advantage.Scale != plain.Scale || advantage.Epsilon != plain.Epsilon || advantage.DegreesOfFreedom != plain.DegreesOfFreedom)
                yield return $"Advantage {why}";
            if (o.RewardWeights is not null) yield return $"RewardWeights {why}";
            if (o.ZeroAdvantageMask) yield return $"ZeroAdvantageMask {why}";
            if (o.SoftOverlong is not null) yield return $"SoftOverlong {why}";
            yield break;
        }
        if (advantage.Scale == AdvantageScale.GroupMean && advantage.Baseline != AdvantageBaseline.GroupMean)
            yield return $"Advantage.Scale GroupMean with Baseline {advantage.Baseline}: max-RL is (R − mean) / mean; use Baseline GroupMean.";
        var usesStd = advantage.Scale is AdvantageScale.GroupStd or AdvantageScale.BatchStd || o.RewardWeights is not null;
        if (!usesStd && (advantage.Epsilon != plain.Epsilon || advantage.DegreesOfFreedom != plain.DegreesOfFreedom))
            yield return $"Advantage.Epsilon and DegreesOfFreedom have no effect with Scale {advantage.Scale}, which takes no standard deviation; leave them out.";
        if (o.RewardWeights is { } weights)
        {
            if (weights.Count == 0 || weights.Any(w => !double.IsFinite(w))) yield return "RewardWeights must hold finite numbers, one a reward.";
            if (advantage.Baseline == AdvantageBaseline.LengthWeightedMean) yield return "RewardWeights with Baseline LengthWeightedMean: that baseline takes a single reward.";
            if (o.SoftOverlong is not null) yield return "RewardWeights with SoftOverlong: the length penalty shapes a single reward; make it one of the rewards instead.";
        }
        if (o.SoftOverlong is { } overlong && SoftOverlong.Failure(overlong) is { } failure) yield return "SoftOverlong." + failure;
    }

    private static IEnumerable<string> Sampling(KdrlOptions o)
    {
        if (o.Importance is { } importance)
        {
            if (!Enum.IsDefined(importance.Level) || !Enum.IsDefined(importance.Action)) yield return "Importance.Level or Importance.Action is not a known value.";
            if (importance.Lower >= importance.Upper) yield return $"Importance.Lower is {importance.Lower}; expected less than Upper ({importance.Upper}).";
        }
        foreach (var rule in o.Rejections)
        {
            if (!Enum.IsDefined(rule.Level) || !Enum.IsDefined(rule.Statistic)) yield return "Rejections: Level or Statistic is not a known value.";
            if (rule.Upper is { } upper && (!double.IsFinite(upper) || (rule.Statistic != KlEstimator.K1 && upper < 0)))
                yield return $"Rejections: Upper is {upper}; expected a finite number, not negative for {rule.Statistic}: everything would be rejected.";
            if (rule.Lower is { } lower && (rule.Statistic != KlEstimator.K1 || !(lower < rule.Upper)))
                yield return $"Rejections: Lower is {lower}; expected less than Upper, and only for K1: {KlEstimator.K2} and {KlEstimator.K3} are never negative.";
        }
        if (SamplerCorrection.IsOn(o) && !PolicyLossRules.HasPolicyLoss(o))
            yield return "Importance and Rejections act on the policy loss, and without rewards a teacher on a loss path leaves none; leave them out.";
    }

    private static IEnumerable<string> Others(KdrlOptions o)
    {
        if (!double.IsFinite(o.EntropyCoefficient)) yield return $"EntropyCoefficient is {o.EntropyCoefficient}; expected a finite number.";
        if (o.ReferenceKl is not { } reference) yield break;
        foreach (var failure in new KlPenaltyOptionsValidator().Validate(null, reference.Penalty).Failures ?? []) yield return "ReferenceKl.Penalty." + failure;
    }
}
