namespace KdRl.Rewards;

/// <summary>Rewards that compare the answer (the response after its reasoning) with <see cref="Rollouts.Prompt.Reference"/>.</summary>
/// <remarks>
/// A prompt without a reference is <see cref="RewardStatus.NotApplicable"/>. A response whose reasoning was never closed has no answer and
/// scores 0.
/// </remarks>
public static class TextReward
{
    /// <summary>1 for the reference, else 0, with a verdict (<see cref="ExactMatch.IsMatch"/>).</summary>
    /// <param name="folding">The differences that do not count.</param>
    public static IReward ExactMatch(TextFolding folding = TextFolding.Basic) =>
        Compare("exact_match", (answer, reference) => RewardOutcome.FromVerdict(Rewards.ExactMatch.IsMatch(answer, reference, folding)));

    /// <summary>1 for the right option, else 0, with a verdict (<see cref="MultipleChoice.Extract"/>). The reference is a letter ("B", "(b)").</summary>
    /// <param name="choices">How many options there are; 2 to 26.</param>
    public static IReward MultipleChoice(int choices)
    {
        Rewards.MultipleChoice.Extract("", choices);
        return Compare("multiple_choice", (answer, reference) =>
            Rewards.MultipleChoice.Extract(reference, choices) is { } right
                ? RewardOutcome.FromVerdict(Rewards.MultipleChoice.Extract(answer, choices) == right)
                : RewardOutcome.Unscored(RewardStatus.Failed, $"The reference '{reference}' names none of the {choices} options."));
    }

    /// <summary>The F1 of ROUGE-N, in [0, 1] (<see cref="Rouge.NGrams(string, string, int)"/>).</summary>
    /// <param name="n">Tokens in a gram; at least 1.</param>
    public static IReward RougeN(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return Compare($"rouge_{n}", (answer, reference) => Overlap(Rouge.NGrams(answer, reference, n)));
    }

    /// <summary>The F1 of ROUGE-L, in [0, 1] (<see cref="Rouge.LongestCommonSubsequence(string, string)"/>).</summary>
    public static IReward RougeL() => Compare("rouge_l", (answer, reference) => Overlap(Rouge.LongestCommonSubsequence(answer, reference)));

    /// <summary>The token F1 of SQuAD, in [0, 1] (<see cref="TokenF1.Score"/>).</summary>
    public static IReward TokenF1() => Compare("token_f1", (answer, reference) => RewardOutcome.Scored(Rewards.TokenF1.Score(answer, reference)));

    private static RewardOutcome Overlap(TextOverlap overlap) => RewardOutcome.Scored(overlap.F1) with
    {
        Parts = new Dictionary<string, double> { ["precision"] = overlap.Precision, ["recall"] = overlap.Recall },
    };

    private static IReward Compare(string name, Func<string, string, RewardOutcome> score) => Reward.Create(name, request =>
        request.Prompt.Reference is not { } reference
            ? RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' has no reference.")
            : score(ReasoningSplit.Parse(request.Response) is { Unfinished: false } split ? split.Answer : "", reference));
}
