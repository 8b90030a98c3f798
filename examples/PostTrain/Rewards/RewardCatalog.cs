using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.PostTrain.Rewards;

/// <summary>The rewards that the command line knows by name.</summary>
internal static class RewardCatalog
{
    private static readonly Dictionary<string, Func<IReward>> Known = new()
    {
        [StoryWordsReward.RewardName] = () => new StoryWordsReward(),
        ["exact-match"] = () => FromReference("exact-match", (response, reference) => response.Trim() == reference.Trim()),
        ["contains"] = () => FromReference("contains", (response, reference) =>
            response.Contains(reference.Trim(), StringComparison.OrdinalIgnoreCase)),
    };

    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>Makes a reward, after checking that every prompt has what it needs.</summary>
    /// <exception cref="ArgumentException">The name is not known, or a prompt lacks what the reward reads.</exception>
    public static IReward Create(string name, IEnumerable<Prompt> prompts)
    {
        if (!Known.TryGetValue(name, out var create))
            throw new ArgumentException($"There is no reward '{name}'; known are {string.Join(", ", Names)}.", nameof(name));
        foreach (var prompt in prompts)
            if (name == StoryWordsReward.RewardName) StoryRule.Of(prompt);
            else if (string.IsNullOrWhiteSpace(prompt.Reference))
                throw new ArgumentException($"Prompt '{prompt.Id}' has no reference; the reward {name} compares with it.", nameof(prompts));
        return create();
    }

    private static IReward FromReference(string name, Func<string, string, bool> isRight) =>
        Reward.Create(name, request => RewardOutcome.FromVerdict(isRight(request.Response, request.Prompt.Reference!)));
}
