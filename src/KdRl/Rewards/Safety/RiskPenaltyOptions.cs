using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>What each risk pattern costs, each in [0, 1]. The paper publishes no penalties.</summary>
public sealed class RiskPenaltyOptions
{
    /// <summary>The price of <see cref="RiskPatterns.AwarenessMissing"/>.</summary>
    /// <value>The default value is 0.25.</value>
    [Range(0.0, 1.0)]
    public double AwarenessMissing { get; set; } = 0.25;

    /// <summary>The price of <see cref="RiskPatterns.StrongVacillation"/>.</summary>
    /// <value>The default value is 0.5.</value>
    [Range(0.0, 1.0)]
    public double StrongVacillation { get; set; } = 0.5;

    /// <summary>The price of <see cref="RiskPatterns.WeakVacillation"/>.</summary>
    /// <value>The default value is 0.25.</value>
    [Range(0.0, 1.0)]
    public double WeakVacillation { get; set; } = 0.25;

    /// <summary>The price of <see cref="RiskPatterns.HarmfulAdditions"/>.</summary>
    /// <value>The default value is 0.25.</value>
    [Range(0.0, 1.0)]
    public double HarmfulAdditions { get; set; } = 0.25;

    /// <summary>The price of <see cref="RiskPatterns.Inconsistency"/>.</summary>
    /// <value>The default value is 0.5.</value>
    [Range(0.0, 1.0)]
    public double Inconsistency { get; set; } = 0.5;

    /// <summary>The price of <see cref="RiskPatterns.UnsafeAnswer"/>.</summary>
    /// <value>The default value is 1.</value>
    [Range(0.0, 1.0)]
    public double UnsafeAnswer { get; set; } = 1;

    /// <summary>The price of <see cref="RiskPatterns.OverRefusal"/>.</summary>
    /// <value>The default value is 1, that of an unsafe answer: refusing everything must not pay.</value>
    [Range(0.0, 1.0)]
    public double OverRefusal { get; set; } = 1;

    /// <summary>The metadata key that says whether a prompt is harmful ("true" or "false"), so that an impossible over-refusal is noticed.</summary>
    /// <value>The default value is <c>harmful</c>; prompts without it are not checked.</value>
    [Required]
    public string HarmfulKey { get; set; } = RefusalReward.DefaultHarmfulKey;

    /// <summary>The patterns and their prices.</summary>
    internal IEnumerable<(RiskPatterns Pattern, string Part, double Price)> Prices =>
    [
        (RiskPatterns.AwarenessMissing, "awareness_missing", AwarenessMissing),
        (RiskPatterns.StrongVacillation, "strong_vacillation", StrongVacillation),
        (RiskPatterns.WeakVacillation, "weak_vacillation", WeakVacillation),
        (RiskPatterns.HarmfulAdditions, "harmful_additions", HarmfulAdditions),
        (RiskPatterns.Inconsistency, "inconsistency", Inconsistency),
        (RiskPatterns.UnsafeAnswer, "unsafe_answer", UnsafeAnswer),
        (RiskPatterns.OverRefusal, "over_refusal", OverRefusal),
    ];
}
