using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;

namespace KdRl.Tests.Objectives;

/// <summary>The objectives that properties are tested on: every preset, mode of combination, aggregation and policy loss.</summary>
internal static class ObjectiveVariants
{
    public static IEnumerable<(string Name, KdrlOptions Options)> All()
    {
        foreach (var preset in Presets()) yield return preset;
        foreach (var mode in Enum.GetValues<LossAggregation>())
            yield return ($"aggregation {mode}", With(o => (o.Aggregation, o.AggregationConstant) = (mode, mode == LossAggregation.SequenceSumOverConstant ? 7 : null)));
        yield return ("group tokens", With(o => o.TokenNormaliser = TokenNormaliser.GroupTokens));
        foreach (var kind in Enum.GetValues<PolicyLossKind>()) yield return ($"policy {kind}", With(o => o.Policy.Kind = kind));
        foreach (var level in Enum.GetValues<RatioLevel>()) yield return ($"ratio {level}", With(o => o.Policy.RatioLevel = level));
        foreach (var gate in Enum.GetValues<DistillationGateKind>())
            yield return ($"gate {gate}", With(o =>
            {
                o.Distillation!.Term.Gate = gate;
                if (gate != DistillationGateKind.None) o.Distillation.Term.GateDenominator = GateDenominator.KeptTokens;
            }));
        yield return ("advantage form with discount and clip", With(o =>
        {
            (o.Distillation!.Term.Estimator, o.Distillation.Term.Path) = (KlEstimator.K1, GradientPath.Advantage);
            (o.Distillation.Term.Discount, o.Distillation.Term.DifferenceClip) = (.9, .8);
        }));
        yield return ("kept tokens in the advantage", With(o =>
        {
            (o.Distillation!.Term.Estimator, o.Distillation.Term.Path) = (KlEstimator.K1, GradientPath.Advantage);
            (o.Distillation.Term.Gate, o.Distillation.Term.GateDenominator) = (DistillationGateKind.WrongResponses, GateDenominator.KeptTokens);
        }));
        yield return ("reward shaping", With(o =>
        {
            o.Advantage.Scale = AdvantageScale.None;
            o.Distillation!.Combination = Combination.RewardShaping;
            (o.Distillation.Term.Estimator, o.Distillation.Term.Path) = (KlEstimator.K1, GradientPath.Advantage);
        }));
        yield return ("everything", With(o =>
        {
            o.ReferenceKl = new ReferenceKlOptions { Coefficient = .1 };
            o.EntropyCoefficient = .05;
            o.ZeroAdvantageMask = true;
            o.OverlongFilter = true;
            o.SoftOverlong = new SoftOverlongOptions { MaxLength = 6, Buffer = 3 };
            o.Importance = new ImportanceOptions { BatchNormalise = true };
            o.Rejections = [new RejectionOptions { Upper = .02 }];
            o.Distillation!.Term.MaskEndOfSequence = true;
            o.Policy.DualClip = 3;
        }));
        yield return ("sequence importance", With(o => o.Importance = new ImportanceOptions { Level = ImportanceLevel.Sequence, Action = ImportanceAction.Mask, Upper = 1.5, Lower = .5 }));
    }

    public static IEnumerable<(string Name, KdrlOptions Options)> Presets() =>
    [
        ("Kdrl", KdrlOptions.Kdrl(.3)),
        ("KdrlAnnealing", KdrlOptions.KdrlAnnealing()),
        ("KdrlMasking", KdrlOptions.KdrlMasking(.3)),
        ("KdrlGroupMask", KdrlOptions.KdrlGroupMask(.3)),
        ("KdrlAdvantage", KdrlOptions.KdrlAdvantage(.3)),
        ("Grpo", KdrlOptions.Grpo()),
        ("PureDistillation", KdrlOptions.PureDistillation()),
        ("OpdThenRl", KdrlOptions.OpdThenRl()),
        ("Srpo", KdrlOptions.Srpo()),
        ("Hdpo", KdrlOptions.Hdpo()),
        ("Gopd", KdrlOptions.Gopd()),
        ("Rlsd", KdrlOptions.Rlsd()),
        ("Trrd", KdrlOptions.Trrd()),
    ];

    private static KdrlOptions With(Action<KdrlOptions> change)
    {
        var options = KdrlOptions.Kdrl(.3);
        change(options);
        return options;
    }
}
