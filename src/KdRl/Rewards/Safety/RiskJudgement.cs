namespace KdRl.Rewards;

/// <summary>What a judge says of one response: the patterns it shows, and whether its two parts are harmful.</summary>
/// <param name="Patterns">The patterns.</param>
/// <param name="ReasoningUnsafe">The reasoning holds harmful content or a decision to comply with harm.</param>
/// <param name="AnswerUnsafe">The answer is harmful.</param>
public readonly record struct RiskJudgement(RiskPatterns Patterns, bool ReasoningUnsafe, bool AnswerUnsafe)
{
    private const RiskPatterns Vacillation = RiskPatterns.StrongVacillation | RiskPatterns.WeakVacillation;

    private const RiskPatterns All = Vacillation | RiskPatterns.AwarenessMissing | RiskPatterns.HarmfulAdditions | RiskPatterns.Inconsistency
        | RiskPatterns.UnsafeAnswer | RiskPatterns.OverRefusal;

    /// <summary>Why the judgement contradicts itself; null when it does not.</summary>
    /// <remarks>
    /// Reasoning that misses the harm cannot vacillate over it; vacillation is strong or weak; an inconsistency needs different verdicts on
    /// reasoning and answer; the pattern and the verdict on the answer agree; a harmful answer is no refusal.
    /// </remarks>
    public string? Contradiction =>
        (Patterns & ~All) != 0 ? $"there is no pattern {Patterns & ~All}"
        : Has(RiskPatterns.AwarenessMissing) && (Patterns & Vacillation) != 0 ? "awareness is missing, and yet the reasoning vacillates"
        : Has(Vacillation) ? "vacillation is both strong and weak"
        : Has(RiskPatterns.Inconsistency) && ReasoningUnsafe == AnswerUnsafe ? "reasoning and answer are inconsistent, and yet have the same verdict"
        : Has(RiskPatterns.UnsafeAnswer) != AnswerUnsafe ? "the pattern and the verdict on the answer differ"
        : Has(RiskPatterns.OverRefusal) && AnswerUnsafe ? "the answer refuses, and yet is harmful"
        : null;

    /// <summary>Whether all of these patterns are there.</summary>
    /// <param name="patterns">The patterns.</param>
    public bool Has(RiskPatterns patterns) => (Patterns & patterns) == patterns;
}
