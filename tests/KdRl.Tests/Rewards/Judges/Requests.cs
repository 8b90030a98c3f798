using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Judges;

/// <summary>Completions to be judged.</summary>
internal static class Requests
{
    public static RewardRequest Of(string answer, string? reference = null, string question = "Why is the sky blue?", params (string Key, string Value)[] metadata)
    {
        var prompt = Prompt.FromText("q", question) with { Reference = reference, Metadata = metadata.ToDictionary(m => m.Key, m => m.Value) };
        return RewardRequest.Of(prompt, answer);
    }
}
