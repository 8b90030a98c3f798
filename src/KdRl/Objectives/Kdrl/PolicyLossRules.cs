using KdRl.Distillation;

namespace KdRl.Objectives;

/// <summary>What is wrong with the policy loss of an objective.</summary>
internal static class PolicyLossRules
{
    /// <summary>Whether the objective has a policy loss at all.</summary>
    public static bool HasPolicyLoss(KdrlOptions o) => o.UseRewards || o.Distillation?.Term.Path == GradientPath.Advantage;

    public static IEnumerable<string> Failures(KdrlOptions options)
    {
        var (o, plain) = (options.Policy, new PolicyLossOptions());
        if (!Enum.IsDefined(o.Kind) || !Enum.IsDefined(o.RatioLevel))
        {
            yield return "Policy.Kind or Policy.RatioLevel is not a known value.";
            yield break;
        }
        if (!HasPolicyLoss(options))
        {
            if (Set(o, plain).Any()) yield return $"Policy.{string.Join(", ", Set(o, plain))}: without rewards a teacher on a loss path leaves no policy loss; leave it out.";
            yield break;
        }
        foreach (var name in Set(o, plain).Where(n => n != nameof(o.Kind)))
            if (!Reads(o.Kind, name)) yield return $"Policy.{name} has no effect on {o.Kind}; leave it out.";
        if (o.Kind is PolicyLossKind.Clipped or PolicyLossKind.Cispo && o.ClipLow > 1)
            yield return $"Policy.ClipLow is {o.ClipLow}; expected at most 1: a ratio is never below 0.";
    }

    /// <summary>Options that differ from their defaults.</summary>
    private static IEnumerable<string> Set(PolicyLossOptions o, PolicyLossOptions plain)
    {
        if (o.Kind != plain.Kind) yield return nameof(o.Kind);
        if (o.RatioLevel != plain.RatioLevel) yield return nameof(o.RatioLevel);
        if (o.ClipLow is not null) yield return nameof(o.ClipLow);
        if (o.ClipHigh is not null) yield return nameof(o.ClipHigh);
        if (o.DualClip is not null) yield return nameof(o.DualClip);
        if (o.RatioCap is not null) yield return nameof(o.RatioCap);
        if (o.LogRatioBound is not null) yield return nameof(o.LogRatioBound);
        if (o.SapoTauPositive != plain.SapoTauPositive) yield return nameof(o.SapoTauPositive);
        if (o.SapoTauNegative != plain.SapoTauNegative) yield return nameof(o.SapoTauNegative);
    }

    private static bool Reads(PolicyLossKind kind, string option) => option switch
    {
        nameof(PolicyLossOptions.RatioLevel) => kind is PolicyLossKind.Clipped or PolicyLossKind.Cispo or PolicyLossKind.Sapo,
        nameof(PolicyLossOptions.ClipLow) or nameof(PolicyLossOptions.ClipHigh) => kind is PolicyLossKind.Clipped or PolicyLossKind.Cispo or PolicyLossKind.Gmpo,
        nameof(PolicyLossOptions.DualClip) or nameof(PolicyLossOptions.RatioCap) => kind == PolicyLossKind.Clipped,
        nameof(PolicyLossOptions.LogRatioBound) => kind != PolicyLossKind.Reinforce,
        _ => kind == PolicyLossKind.Sapo,
    };
}
