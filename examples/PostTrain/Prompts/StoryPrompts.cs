using KdRl.Examples.PostTrain.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.PostTrain.Prompts;

/// <summary>
/// Makes beginnings of stories from a word list. Each names things that the continuation must come back to, so that a model
/// which only continues text can react to the rule.
/// </summary>
internal static class StoryPrompts
{
    private static readonly string[] Names = ["Tim", "Lily", "Ben", "Mia", "Sam", "Anna", "Tom", "Lucy", "Max", "Sue"];

    /// <summary>Different prompts, the same for the same seed.</summary>
    /// <param name="words">Where the words come from.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Chooses the words.</param>
    /// <param name="minWords">Fewest words of the continuation.</param>
    /// <param name="maxWords">Most words of the continuation.</param>
    /// <exception cref="ArgumentException">The word list is too short for so many different prompts.</exception>
    public static IReadOnlyList<Prompt> Make(WordList words, int count, int seed, int minWords, int maxWords)
    {
        var random = new Random(seed);
        var made = new Dictionary<string, Prompt>(count);
        for (var tries = 0; made.Count < count; tries++)
        {
            if (tries > 100L * count) throw new ArgumentException($"The word list gives only {made.Count} different prompts, expected {count}.", nameof(words));
            var (name, animal, adjective) = (Pick(Names), Pick(words["animal"]), Pick(words["adjective"]));
            var (verb, first, second) = (Pick(words["verb"]), Pick(words["thing"]), Pick(words["thing"]));
            if (first == second) continue;
            var text = $"Once upon a time, there was {A(adjective)} {animal} named {name}. {name} liked to {verb}. "
                + $"One day, {name} found {A(first)} and {A(second)}.";
            made.TryAdd(text, Prompt.FromText($"story-{made.Count + 1}", text) with
            {
                Task = "story",
                Metadata = new StoryRule([first, second], minWords, maxWords).ToMetadata(),
            });
        }
        return [.. made.Values];

        string Pick(IReadOnlyList<string> from) => from[random.Next(from.Count)];
    }

    private static string A(string word) => (word[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + word;
}
