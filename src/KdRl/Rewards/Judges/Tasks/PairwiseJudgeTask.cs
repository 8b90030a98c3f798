using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>
/// Compares the answer with a rival, once in each order: value = ½ · (P(wins | shown first) + P(wins | shown second)), P of a win 1, of a tie ½.
/// </summary>
/// <remarks>
/// When each order names another winner, the judge contradicts itself; <see cref="OnContradiction"/> says what follows, and
/// <see cref="JudgeUsage.ContradictionRate"/> how often it happens. The parts are <c>shown_first</c>, <c>shown_second</c>, and <c>contradictory</c>, 1 where
/// they contradict each other; a run warns when that is more than one in five.
/// </remarks>
public sealed class PairwiseJudgeTask : JudgeTask
{
    private const string Winner = "winner", First = "shown_first", Second = "shown_second", Contradictory = "contradictory";
    private static readonly JudgeField[] Fields = [JudgeField.Choice(Winner, ["A", "B", "tie"])];

    /// <summary>The question that decides, in words for the judge.</summary>
    /// <value>The default value asks for the more correct, complete and helpful answer.</value>
    public string Question { get; set; } = "Decide which answer to the question is better: more correct, more complete and more helpful. Length and style alone make no answer better.";

    /// <summary>The metadata of the prompt that holds the rival; prompts without it are not applicable.</summary>
    /// <value>The default value is null: the prompt's reference.</value>
    public string? RivalKey { get; set; }

    /// <summary>What becomes of a vote whose winner depends on the order.</summary>
    /// <value>The default value is <see cref="PairContradiction.Tie"/>.</value>
    public PairContradiction OnContradiction { get; set; } = PairContradiction.Tie;

    internal override string Signature => $"pairwise|{RivalKey}|{OnContradiction}|{Question}";

    internal override IEnumerable<string> Failures()
    {
        if (string.IsNullOrWhiteSpace(Question)) yield return "Question is empty; expected what makes an answer better.";
        if (!Enum.IsDefined(OnContradiction)) yield return $"OnContradiction is {OnContradiction}; expected one of {string.Join(", ", Enum.GetNames<PairContradiction>())}.";
    }

    internal override string? Other(Prompt prompt) => Named(prompt, RivalKey);

    internal override string? WhyNotApplicable(Prompt prompt) => string.IsNullOrWhiteSpace(Other(prompt)) ? $"the prompt has no rival answer: its {Describe(RivalKey)} is missing" : null;

    internal override IReadOnlyList<JudgeQuestion> Questions(string prompt, string answer, string? other) => [Order(prompt, answer, other!), Order(prompt, other!, answer)];

    internal override Vote Combine(IReadOnlyList<IReadOnlyDictionary<string, double>> verdicts, JudgeMeter meter)
    {
        // The judge names A, B or a tie (0, 1, 2); ours is A in the first question and B in the second.
        var (first, second) = (Wins(verdicts[0][Winner], ours: 0), Wins(verdicts[1][Winner], ours: 1));
        var contradiction = AreContrary(first, second);
        meter.Paired(contradiction);
        return contradiction && OnContradiction == PairContradiction.Unscored
            ? Vote.Missing(RewardStatus.Failed, "the winner depends on the order of the answers")
            : Vote.Of(new Dictionary<string, double> { [First] = first, [Second] = second });
    }

    internal override RewardOutcome Score(IReadOnlyDictionary<string, double> values) => RewardOutcome.Scored((values[First] + values[Second]) / 2) with
    {
        Parts = new Dictionary<string, double>(values) { [Contradictory] = AreContrary(values[First], values[Second]) ? 1 : 0 },
    };

    private static bool AreContrary(double first, double second) => Math.Abs(first - second) == 1;

    private static double Wins(double named, int ours) => named == 2 ? 0.5 : named == ours ? 1 : 0;

    private JudgeQuestion Order(string prompt, string a, string b) => new(Question, [new("question", prompt), new("answer A", a), new("answer B", b)], Fields);
}
