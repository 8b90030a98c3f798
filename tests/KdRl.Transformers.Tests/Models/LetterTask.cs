using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Transformers.Tests.Models;

/// <summary>What small models of eleven tokens are trained on: the more letters "a", the better.</summary>
internal static class LetterTask
{
    /// <summary>Ten letters and the end, as many tokens as <see cref="TestModels.Vocabulary"/>.</summary>
    public const string Alphabet = "abcdefghij;";

    public static Tokenizer Tokenizer { get; } = Tokenizer.FromCharacters(Alphabet, endToken: ";");

    public static IReadOnlyList<Prompt> Prompts { get; } = [Prompt.FromText("p", "bcd"), Prompt.FromText("q", "ef")];

    public static IReward Reward { get; } = KdRl.Rewards.Reward.Create("a", r => RewardOutcome.Scored(r.Response.Count(c => c == 'a') / 4.0));
}
