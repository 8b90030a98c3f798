using KdRl.Rollouts;

namespace KdRl.Distillation;

/// <summary>Says how likely another model finds the tokens of a completion.</summary>
public interface ITeacher
{
    /// <summary>Natural log-probs of each rollout's completion tokens given its prompt, in the order of the rollouts.</summary>
    Task<IReadOnlyList<float[]>> LogProbsAsync(IReadOnlyList<Rollout> rollouts, CancellationToken ct);
}
