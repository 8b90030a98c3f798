using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>One completion to be scored.</summary>
/// <param name="Prompt">The task, with its reference and metadata.</param>
/// <param name="Rollout">The completion.</param>
public sealed record RewardRequest(Prompt Prompt, Rollout Rollout)
{
    /// <summary>The completion's text.</summary>
    public string Response => Rollout.Text;
}
