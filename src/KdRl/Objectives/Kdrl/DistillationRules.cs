using KdRl.Distillation;

namespace KdRl.Objectives;

/// <summary>What is wrong with the teacher's part of an objective.</summary>
internal static class DistillationRules
{
    public static IEnumerable<string> Failures(KdrlOptions options)
    {
        if (options.Distillation is not { } o) yield break;
        var found = Term(o).ToList();
        foreach (var failure in found) yield return "Distillation.Term." + failure;
        if (!Enum.IsDefined(o.Combination)) yield return $"Distillation.Combination is {o.Combination}; expected one of {string.Join(", ", Enum.GetNames<Combination>())}.";
        if (found.Count > 0) yield break;
        if (o.CustomGate is not null && (o.Term.Estimator, o.Term.Path) == (KlEstimator.K1, GradientPath.ReweightedLoss))
            yield return "Distillation.CustomGate with Estimator K1 and Path ReweightedLoss: each token also carries the score of the policy, which only averages to zero when every response counts. Use K3 with ReweightedLoss, or K2 with Loss.";
        if (o.CustomGate is not null && o.Term.Gate != DistillationGateKind.None)
            yield return $"Distillation.CustomGate and Term.Gate {o.Term.Gate} are both set; choose one.";
        if (o.MultiplyClip is not null && o.Combination != Combination.Multiply)
            yield return $"Distillation.MultiplyClip is {o.MultiplyClip}, but Combination {o.Combination} does not use it; leave it out.";
        foreach (var failure in Combined(options, o).Concat(WithPolicyLoss(options.Policy, o))) yield return failure;
    }

    private static IEnumerable<string> Term(DistillationOptions o)
    {
        var term = o.Term;
        // A gate of the user's own gives KeptTokens its meaning just as a named one does.
        if (o.CustomGate is not null && term is { Gate: DistillationGateKind.None, GateDenominator: GateDenominator.KeptTokens })
        {
            term = term.Copy();
            term.Gate = DistillationGateKind.WrongResponses;
        }
        return new TeacherTermOptionsValidator().Validate(null, term).Failures ?? [];
    }

    private static IEnumerable<string> Combined(KdrlOptions options, DistillationOptions o)
    {
        if (!options.UseRewards && o.CustomGate is null && o.Term.Gate == DistillationGateKind.TrajectoryAgreement)
            yield return "Distillation.Term.Gate TrajectoryAgreement without rewards: it compares the teacher with the advantage; choose another, or set UseRewards.";
        if (o.Combination == Combination.Add) yield break;
        if (!options.UseRewards)
        {
            yield return $"Distillation.Combination is {o.Combination}, but without rewards there is nothing to combine with; expected Add.";
            yield break;
        }
        var term = o.Term;
        if ((term.Estimator, term.Path) != (KlEstimator.K1, GradientPath.Advantage))
            yield return $"Distillation.Combination {o.Combination} acts on the detached d, not on a loss; expected Term.Estimator K1 with Path Advantage.";
        if (term.GateDenominator == GateDenominator.KeptTokens)
            yield return $"Distillation.Term.GateDenominator KeptTokens has no effect with Combination {o.Combination}, where the teacher has no term of its own; leave it out.";
        var shares = o.Combination is Combination.Replace or Combination.Multiply or Combination.Ratio;
        if (shares && (term.Coefficient.Start > 1 || term.Coefficient.End > 1))
            yield return $"Distillation.Term.Coefficient goes above 1 with Combination {o.Combination}, which shares one whole between reward and teacher; expected 0 to 1.";
        var shaped = term.DifferenceClip is not null || term.DifferenceFloor is not null || term.Discount != 0;
        if (shaped && o.Combination is (Combination.Ratio or Combination.RewardShaping))
            yield return $"DifferenceClip, DifferenceFloor and Discount have no effect with Combination {o.Combination}, which takes d as it is; leave them out.";
        if (o.Combination != Combination.RewardShaping) yield break;
        if (options.Advantage.Scale != AdvantageScale.None)
            yield return $"Advantage.Scale is {options.Advantage.Scale} with Combination RewardShaping: divided by a standard deviation, the teacher's noise gets full scale whatever the coefficient; expected None.";
        if (term.Gate == DistillationGateKind.TrajectoryAgreement)
            yield return "Gate TrajectoryAgreement with Combination RewardShaping: the gate reads the advantages that the shaping is to make; choose another.";
        if (options.RewardWeights is not null)
            yield return "RewardWeights with Combination RewardShaping: the teacher shapes a single reward.";
    }

    private static IEnumerable<string> WithPolicyLoss(PolicyLossOptions policy, DistillationOptions o)
    {
        if (o.Term.Path != GradientPath.Advantage || o.Combination == Combination.RewardShaping) yield break;
        if (o.Combination == Combination.Ratio)
        {
            if (policy.Kind != PolicyLossKind.Clipped)
                yield return $"Distillation.Combination Ratio with Policy.Kind {policy.Kind}: the teacher acts through the gradient of the ratio; expected Clipped.";
            yield break;
        }
        if (policy.Kind == PolicyLossKind.Gmpo || policy.RatioLevel == RatioLevel.Sequence)
            yield return "Policy: a ratio of the whole sequence spreads the teacher's verdict on a token over all of them; expected a token ratio or SequenceToken, or K2 with Path Loss.";
    }
}
