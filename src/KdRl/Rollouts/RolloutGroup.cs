namespace KdRl.Rollouts;

/// <summary>The completions of one prompt, in the order of their seeds.</summary>
/// <param name="Prompt">The prompt they answer.</param>
/// <param name="Rollouts">The completions.</param>
public sealed record RolloutGroup(Prompt Prompt, IReadOnlyList<Rollout> Rollouts);
