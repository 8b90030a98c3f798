using System.Text;
using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>Rates one answer on several criteria: value = Σ w_i · share_i / Σ w_i, share_i the rating's place on its scale in [0,1].</summary>
/// <remarks>A failed gate makes the value 0. The parts hold each criterion's share. <see cref="RewardOutcome.Correct"/> stays unknown: a rating is no verdict.</remarks>
/// <param name="criteria">What is rated; at least one, with different names and a positive sum of weights.</param>
public sealed class PointwiseJudgeTask(IReadOnlyList<JudgeCriterion> criteria) : JudgeTask
{
    private readonly IReadOnlyList<JudgeCriterion> criteria = criteria ?? throw new ArgumentNullException(nameof(criteria));

    /// <summary>Shows the judge the prompt's reference as a model answer; prompts without one are then not applicable.</summary>
    /// <value>The default value is false.</value>
    public bool ShowReference { get; set; }

    internal override string Signature =>
        string.Join('\n', criteria.Select(c => $"{c.Name}|{c.Description}|{c.Weight:R}|{c.Minimum}|{c.Maximum}|{string.Join(',', c.Choices)}|{c.IsGate}").Prepend($"pointwise|{ShowReference}"));

    internal override IEnumerable<string> Failures()
    {
        if (criteria.Count == 0) return ["The task has no criteria; expected at least one."];
        var failures = criteria.SelectMany(c => c.Failures()).ToList();
        failures.AddRange(criteria.GroupBy(c => c.Name).Where(same => same.Count() > 1).Select(same => $"Criterion '{same.Key}' exists {same.Count()} times; expected different names."));
        if (!criteria.Any(c => c.Weight > 0)) failures.Add("The weights of the criteria are all 0; expected a positive sum.");
        return failures;
    }

    internal override string? Other(Prompt prompt) => ShowReference ? prompt.Reference : null;

    internal override string? WhyNotApplicable(Prompt prompt) => ShowReference && string.IsNullOrWhiteSpace(prompt.Reference) ? "the prompt has no reference" : null;

    internal override IReadOnlyList<JudgeQuestion> Questions(string prompt, string answer, string? other)
    {
        var task = new StringBuilder("Rate the answer to the question on each of these criteria, by what it says and does, not by what it claims about itself.");
        if (other is not null) task.Append(" The reference shows what a good answer contains; another wording is as good.");
        foreach (var criterion in criteria)
            task.Append("\n- ").Append(criterion.Name).Append(": ").Append(criterion.Description).Append(' ').Append(criterion.Field.Format).Append(criterion.Choices.Count > 0 ? ", worst first" : ", higher is better");
        JudgeBlock[] blocks = [new("question", prompt), .. other is null ? (JudgeBlock[])[] : [new JudgeBlock("reference", other)], new("answer", answer)];
        return [new JudgeQuestion(task.ToString(), blocks, [.. criteria.Select(c => c.Field)])];
    }

    internal override Vote Combine(IReadOnlyList<IReadOnlyDictionary<string, double>> verdicts, JudgeMeter meter) => Vote.Of(verdicts[0]);

    internal override RewardOutcome Score(IReadOnlyDictionary<string, double> values)
    {
        var shares = criteria.ToDictionary(c => c.Name, c => c.Share(values[c.Name]));
        var closed = criteria.Any(c => c.IsGate && shares[c.Name] < 0.5);
        var value = criteria.Sum(c => c.Weight * shares[c.Name]) / criteria.Sum(c => c.Weight);
        return RewardOutcome.Scored(closed ? 0 : value) with { Parts = shares };
    }
}
