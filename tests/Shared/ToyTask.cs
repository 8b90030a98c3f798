using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.TestSupport;

/// <summary>Prompt "a b": the right completion is b, then the stop token.</summary>
internal static class ToyTask
{
    public const int Vocabulary = 6;

    public static IReadOnlyList<Prompt> Prompts { get; } =
        [.. from a in Enumerable.Range(1, 5) from b in Enumerable.Range(1, 5) select Prompt.FromText($"{a}-{b}", $"{a} {b}") with { Reference = $"{b}" }];

    public static IReward Reward { get; } = Rewards.Reward.Create("copy", r => RewardOutcome.FromVerdict(r.Response == r.Prompt.Reference));

    /// <summary>Scores every completion, by its length: there is something to learn from the first step on.</summary>
    public static IReward Length { get; } = Rewards.Reward.Create("length", r => RewardOutcome.Scored(r.Rollout.CompletionTokens.Length));
}
