using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

/// <summary>Every combination of the options that can get in each other's way either works or is refused with a reason.</summary>
[Collection("torch")]
public class KdrlOptionsSpaceTests
{
    private static IEnumerable<KdrlOptions> Distilled() =>
        from rewards in new[] { true, false }
        from combination in Enum.GetValues<Combination>()
        from estimator in Enum.GetValues<KlEstimator>()
        from path in Enum.GetValues<GradientPath>()
        from gate in Enum.GetValues<DistillationGateKind>()
        from denominator in Enum.GetValues<GateDenominator>()
        from scale in new[] { AdvantageScale.GroupStd, AdvantageScale.None }
        from kind in new[] { PolicyLossKind.Clipped, PolicyLossKind.Gmpo, PolicyLossKind.Reinforce }
        select new KdrlOptions
        {
            UseRewards = rewards,
            Advantage = new AdvantageOptions { Scale = scale },
            Policy = new PolicyLossOptions { Kind = kind },
            Distillation = new DistillationOptions
            {
                Combination = combination,
                Term = new TeacherTermOptions
                {
                    Estimator = estimator, Path = path, Gate = gate, GateDenominator = denominator,
                    AllowForwardKlGradient = (estimator, path) == (KlEstimator.K3, GradientPath.Loss),
                },
            },
        };

    private static IEnumerable<KdrlOptions> Reinforced() =>
        from kind in Enum.GetValues<PolicyLossKind>()
        from level in Enum.GetValues<RatioLevel>()
        from dual in new double?[] { null, 3 }
        from bound in new double?[] { null, 20 }
        from clip in new double?[] { null, .3 }
        from aggregation in Enum.GetValues<LossAggregation>()
        from constant in new double?[] { null, 8 }
        from normaliser in Enum.GetValues<TokenNormaliser>()
        from teacher in new[] { true, false }
        select new KdrlOptions
        {
            Policy = new PolicyLossOptions { Kind = kind, RatioLevel = level, DualClip = dual, LogRatioBound = bound, ClipHigh = clip },
            Aggregation = aggregation,
            AggregationConstant = constant,
            TokenNormaliser = normaliser,
            Distillation = teacher ? new DistillationOptions() : null,
        };

    private static IEnumerable<KdrlOptions> Rewarded() =>
        from baseline in Enum.GetValues<AdvantageBaseline>()
        from scale in Enum.GetValues<AdvantageScale>()
        from epsilon in new[] { 1e-6, 1e-4 }
        from zeros in new[] { true, false }
        from overlong in new[] { true, false }
        from level in Enum.GetValues<ImportanceLevel>()
        from action in Enum.GetValues<ImportanceAction>()
        from rejection in Enum.GetValues<RejectionLevel>()
        select new KdrlOptions
        {
            Advantage = new AdvantageOptions { Baseline = baseline, Scale = scale, Epsilon = epsilon },
            ZeroAdvantageMask = zeros,
            OverlongFilter = overlong,
            SoftOverlong = overlong && scale != AdvantageScale.GroupMean ? new SoftOverlongOptions { MaxLength = 6, Buffer = 2 } : null,
            Importance = new ImportanceOptions { Level = level, Action = action },
            Rejections = [new RejectionOptions { Level = rejection, Upper = .1 }],
        };

    public static TheoryData<string> Spaces() => ["distilled", "reinforced", "rewarded"];

    [Theory]
    [MemberData(nameof(Spaces))]
    public void Objective_EveryCombination_WorksOrIsRefusedWithAReason(string space)
    {
        using var scope = NewDisposeScope();
        var all = (space switch { "distilled" => Distilled(), "reinforced" => Reinforced(), _ => Rewarded() }).ToArray();
        var batch = StepFactory.Make(4);
        var (worked, refused) = (0, 0);
        foreach (var options in all)
        {
            KdrlObjective objective;
            try
            {
                objective = new KdrlObjective(options);
            }
            catch (OptionsValidationException e)
            {
                Assert.All(e.Failures, f => Assert.True(f.Length > 30, f));
                refused++;
                continue;
            }
            using var inner = NewDisposeScope();
            var result = objective.Evaluate(batch, 0);
            batch.LogProbs!.grad = null;
            result.Loss.backward();
            var finite = double.IsFinite(result.Loss.item<double>()) && batch.LogProbs.grad!.isfinite().all().item<bool>();
            Assert.True(finite, System.Text.Json.JsonSerializer.Serialize(options));
            worked++;
        }
        Assert.Equal(all.Length, worked + refused);
        Assert.True(worked > 20 && refused > 20, $"{worked} worked, {refused} refused: the space tests one side only");
    }

    public static TheoryData<string, Action<KdrlOptions>> Refusals() => new()
    {
        { "expected gradient is exactly zero", o => o.Distillation!.Term.Estimator = KlEstimator.K1 },
        { "AllowForwardKlGradient", o => o.Distillation!.Term.Estimator = KlEstimator.K3 },
        { "not that of the reverse KL", o => o.Distillation!.Term.Path = GradientPath.Advantage },
        { "nothing to learn from", o => (o.UseRewards, o.Distillation) = (false, null) },
        { "expected None", o => Shape(o, Combination.RewardShaping) },
        { "acts on the detached d", o => o.Distillation!.Combination = Combination.Replace },
        { "expected Clipped", o => { Shape(o, Combination.Ratio); o.Policy.Kind = PolicyLossKind.Sapo; } },
        { "expected 0 to 1", o => { Shape(o, Combination.Multiply); o.Distillation!.Term.Coefficient.Start = 2; } },
        { "no effect on Reinforce", o => (o.Policy.Kind, o.Policy.DualClip) = (PolicyLossKind.Reinforce, 3) },
        { "AggregationConstant is not set", o => o.Aggregation = LossAggregation.SequenceSumOverConstant },
        { "does not use it", o => o.AggregationConstant = 3 },
        { "GroupTokens has no effect", o => (o.TokenNormaliser, o.Aggregation) = (TokenNormaliser.GroupTokens, LossAggregation.TokenSum) },
        { "MultiplyClip", o => o.Distillation!.MultiplyClip = .1 },
        { "no standard deviation", o => (o.Advantage.Scale, o.Advantage.Epsilon) = (AdvantageScale.None, 1e-4) },
        { "Lower is 3", o => o.Importance = new ImportanceOptions { Lower = 3 } },
        { "Upper", o => o.Rejections = [new RejectionOptions()] },
        { "Buffer is 0 without a cap", o => o.SoftOverlong = new SoftOverlongOptions { MaxLength = 5, Capped = false } },
        { "spreads the teacher's verdict", o => { Shape(o, Combination.Add); o.Policy.RatioLevel = RatioLevel.Sequence; } },
        { "DivergenceBeta is 0.5", o => o.Distillation!.Term.DivergenceBeta = 0.5 },
        { "reference drops out", o => o.ReferenceKl = new ReferenceKlOptions { Penalty = new KlPenaltyOptions { Estimator = KlPenaltyEstimator.K1, ImportanceWeighted = false } } },
        { "EntropyCoefficient", o => o.EntropyCoefficient = double.NaN },
        { "Epsilon", o => o.Advantage.Epsilon = double.NaN },
        { "without rewards", o => (o.UseRewards, o.ZeroAdvantageMask) = (false, true) },
        { "leaves none", o => (o.UseRewards, o.Importance) = (false, new ImportanceOptions()) },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Objective_WhatCannotWork_IsRefusedWithItsReason(string reason, Action<KdrlOptions> change)
    {
        var options = new KdrlOptions();
        change(options);
        var failure = Assert.Throws<OptionsValidationException>(() => new KdrlObjective(options));
        Assert.Contains(failure.Failures, f => f.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Objective_Presets_AreAccepted() => Assert.All(ObjectiveVariants.Presets(), p => Assert.NotNull(new KdrlObjective(p.Options)));

    private static void Shape(KdrlOptions o, Combination combination)
    {
        o.Distillation!.Combination = combination;
        (o.Distillation.Term.Estimator, o.Distillation.Term.Path) = (KlEstimator.K1, GradientPath.Advantage);
    }
}
