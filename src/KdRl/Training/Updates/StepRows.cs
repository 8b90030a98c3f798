using KdRl.Rewards;

namespace KdRl.Training;

/// <summary>The rollouts of a step, or of one of its minibatches, as rows.</summary>
internal sealed class StepRows
{
    private StepRows(IReadOnlyList<ScoredGroup> groups, IReadOnlyList<int> numbers)
    {
        (Groups, Numbers) = (groups, numbers);
        Rows = [.. groups.SelectMany(g => g.Rollouts)];
        Lengths = [.. Rows.Select(r => r.Rollout.PromptTokens.Length + r.Rollout.CompletionTokens.Length)];
    }

    /// <summary>The groups, whole.</summary>
    public IReadOnlyList<ScoredGroup> Groups { get; }

    /// <summary>Their rollouts, group by group.</summary>
    public IReadOnlyList<ScoredRollout> Rows { get; }

    /// <summary>Prompt and completion tokens of each row.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Number of each row within the step.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>All rows of a step.</summary>
    public static StepRows Of(IReadOnlyList<ScoredGroup> groups) => new(groups, [.. Enumerable.Range(0, groups.Sum(g => g.Rollouts.Count))]);

    /// <summary>The rows of some of the groups.</summary>
    public StepRows Part(IReadOnlyCollection<int> groups)
    {
        var starts = new int[Groups.Count];
        for (var g = 1; g < starts.Length; g++) starts[g] = starts[g - 1] + Groups[g - 1].Rollouts.Count;
        return new StepRows([.. groups.Select(g => Groups[g])], [.. groups.SelectMany(g => Enumerable.Range(starts[g], Groups[g].Rollouts.Count)).Select(r => Numbers[r])]);
    }
}
