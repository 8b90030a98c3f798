using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Rules;

/// <summary>Responses to be scored.</summary>
internal static class Requests
{
    public static RewardRequest Of(
        string text, int tokens = 1, string? reference = null, IReadOnlyDictionary<string, string>? metadata = null, string prompt = "?") =>
        Of(text, new int[tokens], Prompt.FromText("q", prompt) with { Reference = reference, Metadata = metadata ?? new Dictionary<string, string>() });

    public static RewardRequest Of(string text, int[] tokens, Prompt? prompt = null) => new(prompt ?? Prompt.FromText("q", "?"), new Rollout
    {
        PromptId = "q",
        PromptTokens = [1],
        CompletionTokens = tokens,
        LogProbs = new float[tokens.Length],
        FinishReason = FinishReason.Stop,
        PolicyVersion = 0,
        Text = text,
    });

    public static RewardOutcome Score(this IReward reward, RewardRequest request) =>
        reward.ScoreAsync(request, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>A verifier that finds the word "right" in right answers.</summary>
    public static IReward Verifier { get; } = Reward.Create("verifier", r => RewardOutcome.FromVerdict(r.Response.Contains("right", StringComparison.Ordinal)));
}
