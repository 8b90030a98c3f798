using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>What a judge is asked about an answer: <see cref="PointwiseJudgeTask"/>, <see cref="PairwiseJudgeTask"/> or <see cref="ReferenceJudgeTask"/>.</summary>
public abstract class JudgeTask
{
    private protected JudgeTask()
    {
    }

    /// <summary>Everything that distinguishes this task's scores from another's; for cache keys.</summary>
    internal abstract string Signature { get; }

    /// <summary>What is wrong with the task's settings.</summary>
    internal abstract IEnumerable<string> Failures();

    /// <summary>The text the answer is compared with; null when the task has none.</summary>
    internal abstract string? Other(Prompt prompt);

    /// <summary>Why the task cannot be put for this prompt; null when it can.</summary>
    internal abstract string? WhyNotApplicable(Prompt prompt);

    /// <summary>The questions of one vote.</summary>
    internal abstract IReadOnlyList<JudgeQuestion> Questions(string prompt, string answer, string? other);

    /// <summary>Makes a vote of the verdicts on these questions.</summary>
    internal abstract Vote Combine(IReadOnlyList<IReadOnlyDictionary<string, double>> verdicts, JudgeMeter meter);

    /// <summary>The outcome of the values that the votes agreed on.</summary>
    internal abstract RewardOutcome Score(IReadOnlyDictionary<string, double> values);

    /// <summary>The part of the answer that is judged.</summary>
    internal virtual string Judged(string answer) => answer;

    /// <summary>The outcome of an answer that was not worth showing.</summary>
    internal virtual RewardOutcome Lowest => RewardOutcome.Scored(0);

    private protected static string? Named(Prompt prompt, string? key) => key is null ? prompt.Reference : prompt.Metadata.GetValueOrDefault(key);

    private protected static string Describe(string? key) => key is null ? "reference" : $"metadata '{key}'";
}
