using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Asks whether the answer says the same as the reference: 1 or 0 (their share under <see cref="JudgeVoteRule.Mean"/>), and <see cref="RewardOutcome.Correct"/>.</summary>
/// <remarks>For answers that no rule can compare. Votes that split evenly give no score.</remarks>
public sealed class ReferenceJudgeTask : JudgeTask
{
    private const string Verdict = "verdict";
    private static readonly JudgeField[] Fields = [JudgeField.Choice(Verdict, ["different", "same"])];

    /// <summary>Takes the final answer out of the text, so that no argument beside it reaches the judge; null or blank: there is none.</summary>
    /// <value>The default value is <see cref="LastBoxOrLine"/>.</value>
    public Func<string, string?> FinalAnswer { get; set; } = LastBoxOrLine;

    /// <summary>The metadata of the prompt that holds the reference; prompts without it are not applicable.</summary>
    /// <value>The default value is null: the prompt's reference.</value>
    public string? ReferenceKey { get; set; }

    /// <summary>The content of the last <c>\boxed{…}</c> of a text, or its last line that is not blank; empty when there is neither.</summary>
    public static string LastBoxOrLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (BoxedFormat.Contents(text) is [.., var box]) return box.Trim();
        var trimmed = text.TrimEnd();
        return trimmed[(trimmed.LastIndexOfAny(['\n', '\r']) + 1)..].Trim();
    }

    internal override string Signature => $"reference|{ReferenceKey}|{FinalAnswer.Method.DeclaringType?.FullName}.{FinalAnswer.Method.Name}";

    internal override RewardOutcome Lowest => RewardOutcome.FromVerdict(false);

    internal override IEnumerable<string> Failures()
    {
        if (FinalAnswer is null) yield return "FinalAnswer is null; expected a function that takes the final answer out of a text.";
    }

    internal override string Judged(string answer) => FinalAnswer(answer) ?? "";

    internal override string? Other(Prompt prompt) => Named(prompt, ReferenceKey);

    internal override string? WhyNotApplicable(Prompt prompt) => string.IsNullOrWhiteSpace(Other(prompt)) ? $"the prompt's {Describe(ReferenceKey)} is missing" : null;

    internal override IReadOnlyList<JudgeQuestion> Questions(string prompt, string answer, string? other) =>
    [
        new("Decide whether the final answer and the reference say the same as answers to the question. Another wording, notation or unit of the same value is the same; a different value, a missing part or an addition that changes the meaning is different. Do not solve the question yourself: the reference is right.",
            [new("question", prompt), new("reference", other!), new("final answer", answer)], Fields),
    ];

    internal override Vote Combine(IReadOnlyList<IReadOnlyDictionary<string, double>> verdicts, JudgeMeter meter) => Vote.Of(verdicts[0]);

    internal override RewardOutcome Score(IReadOnlyDictionary<string, double> values)
    {
        var share = values[Verdict];
        return share == 0.5
            ? RewardOutcome.Unscored(RewardStatus.Failed, "the votes split evenly")
            : RewardOutcome.Scored(share, correct: share > 0.5) with { Parts = values };
    }
}
