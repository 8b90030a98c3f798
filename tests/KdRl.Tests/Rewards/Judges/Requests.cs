using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>Completions to be judged.</summary>
internal static class Requests
{
    public static RewardRequest Of(string answer, string? reference = null, string question = "Why is the sky blue?", params (string Key, string Value)[] metadata)
    {
        var prompt = Prompt.FromText("q", question) with { Reference = reference, Metadata = metadata.ToDictionary(m => m.Key, m => m.Value) };
        return new RewardRequest(prompt, new Rollout
        {
            PromptId = "q", PromptTokens = [1], CompletionTokens = [2], LogProbs = [-1], FinishReason = FinishReason.Stop, PolicyVersion = 0, Text = answer,
        });
    }
}
