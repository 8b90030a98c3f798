using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>One completion to be scored. A reward that wants others to see another text passes on <c>request with { Rollout = … }</c>.</summary>
/// <param name="Prompt">The task, with its reference and metadata.</param>
/// <param name="Rollout">The completion.</param>
public sealed record RewardRequest(Prompt Prompt, Rollout Rollout)
{
    /// <summary>The completion's text.</summary>
    public string Response => Rollout.Text;

    /// <summary>Token ids of the completion, a sampled stop token included.</summary>
    public IReadOnlyList<int> Tokens => Rollout.CompletionTokens;

    /// <summary>Why the completion ended.</summary>
    public FinishReason FinishReason => Rollout.FinishReason;

    /// <summary>The expected answer; null where there is none.</summary>
    public string? Reference => Prompt.Reference;

    /// <summary>The kind of task, by which rewards are routed; null where there is none.</summary>
    public string? Task => Prompt.Task;

    /// <summary>What else is known of the prompt.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Prompt.Metadata;

    /// <summary>The completion as the policy wrote it. <c>with</c> keeps it, so what is learnt of a changed text still belongs to its sample.</summary>
    internal Rollout Origin { get; } = Rollout;

    /// <summary>A request for a text that no policy of this run wrote: an answer from a file, or one in a test.</summary>
    /// <param name="prompt">The task.</param>
    /// <param name="response">The answer.</param>
    /// <param name="tokens">Its token ids. Left out: none are known, and rewards that count tokens see an empty completion.</param>
    /// <param name="finishReason">Why it ended. Left out: by itself.</param>
    public static RewardRequest Of(Prompt prompt, string response, IReadOnlyList<int>? tokens = null, FinishReason finishReason = FinishReason.Stop)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(response);
        int[] ids = [.. tokens ?? []];
        return new RewardRequest(prompt, new Rollout
        {
            PromptId = prompt.Id, PromptTokens = [], CompletionTokens = ids, LogProbs = new float[ids.Length], FinishReason = finishReason, PolicyVersion = 0, Text = response,
        });
    }
}
