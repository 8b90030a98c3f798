using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>The scored completions of one prompt, with statistics computed once.</summary>
public sealed class ScoredGroup
{
    /// <summary>Collects the completions of a prompt.</summary>
    /// <exception cref="ArgumentException">There are no rollouts, or one answers another prompt.</exception>
    public ScoredGroup(Prompt prompt, IReadOnlyList<ScoredRollout> rollouts)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(rollouts);
        if (rollouts.Count == 0) throw new ArgumentException($"Group of prompt '{prompt.Id}' has no rollouts.", nameof(rollouts));
        if (rollouts.FirstOrDefault(r => r.Rollout.PromptId != prompt.Id) is { } stray)
            throw new ArgumentException($"A rollout of prompt '{stray.Rollout.PromptId}' is in the group of prompt '{prompt.Id}'.", nameof(rollouts));
        (Prompt, Rollouts) = (prompt, rollouts);
        Statistics = GroupStatistics.Of(rollouts);
    }

    /// <summary>The prompt.</summary>
    public Prompt Prompt { get; }

    /// <summary>Its completions.</summary>
    public IReadOnlyList<ScoredRollout> Rollouts { get; }

    /// <summary>Accuracy, reward spread and sampler entropy of the group.</summary>
    public GroupStatistics Statistics { get; }
}
