using KdRl.Rollouts;

namespace KdRl.Examples.PostTrain.Rewards;

/// <summary>What is asked of a story; travels in the prompt's metadata.</summary>
/// <param name="Words">Words that the story must use, in lower case.</param>
/// <param name="MinWords">Fewest words of the story.</param>
/// <param name="MaxWords">Most words of the story.</param>
internal sealed record StoryRule(IReadOnlyList<string> Words, int MinWords, int MaxWords)
{
    private const string WordsKey = "words", MinKey = "min_words", MaxKey = "max_words";

    /// <summary>The rule as metadata of a prompt.</summary>
    public Dictionary<string, string> ToMetadata() => new()
    {
        [WordsKey] = string.Join(' ', Words),
        [MinKey] = $"{MinWords}",
        [MaxKey] = $"{MaxWords}",
    };

    /// <summary>Reads the rule of a prompt.</summary>
    /// <exception cref="ArgumentException">The metadata holds no such rule.</exception>
    public static StoryRule Of(Prompt prompt)
    {
        var words = Get(WordsKey).ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rule = new StoryRule(words, Number(MinKey), Number(MaxKey));
        return words.Length > 0 && rule.MinWords >= 0 && rule.MaxWords >= Math.Max(1, rule.MinWords)
            ? rule
            : throw Wrong($"found {words.Length} words and the length {rule.MinWords} to {rule.MaxWords}, expected at least one word and a range");

        string Get(string key) => prompt.Metadata.TryGetValue(key, out var value) ? value : throw Wrong($"'{key}' is missing");
        int Number(string key) => int.TryParse(Get(key), out var n) ? n : throw Wrong($"'{key}' is '{Get(key)}', expected a whole number");
        ArgumentException Wrong(string what) =>
            new($"Prompt '{prompt.Id}': the reward {StoryWordsReward.RewardName} needs metadata {WordsKey}, {MinKey} and {MaxKey}; {what}.");
    }
}
