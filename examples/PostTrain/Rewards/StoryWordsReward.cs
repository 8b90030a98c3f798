using System.Text.RegularExpressions;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.PostTrain.Rewards;

/// <summary>
/// A rule reward for stories: the continuation uses the given words, ends properly and has the asked length. The score is
/// ½·(share of the words used) + ¼·(ends properly) + ¼·(length), and only a story that keeps the whole rule is right.
/// </summary>
internal sealed partial class StoryWordsReward : IReward
{
    public const string RewardName = "story-words";

    public string Name => RewardName;

    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Score(StoryRule.Of(request.Prompt), request.Response, request.Rollout.FinishReason == FinishReason.Stop));
    }

    /// <summary>Scores one story.</summary>
    /// <param name="rule">What is asked.</param>
    /// <param name="story">What was written after the prompt.</param>
    /// <param name="finished">Whether the model ended it itself.</param>
    public static RewardOutcome Score(StoryRule rule, string story, bool finished)
    {
        var written = Word().Matches(story).Select(m => m.Value.ToLowerInvariant()).ToArray();
        var used = rule.Words.Count(w => written.Any(x => IsForm(x, w))) / (double)rule.Words.Count;
        var ending = finished && ProperEnd().IsMatch(story) ? 1.0 : 0.0;
        var length = Length(written.Length, rule);
        return RewardOutcome.Scored(0.5 * used + 0.25 * ending + 0.25 * length, used == 1 && ending == 1 && length == 1) with
        {
            Parts = new Dictionary<string, double> { ["words"] = used, ["ending"] = ending, ["length"] = length },
            Reason = $"{written.Length} words",
        };
    }

    /// <summary>1 inside the range; outside it falls linearly, to 0 at half the least and at twice the most.</summary>
    private static double Length(int words, StoryRule rule) =>
        words < rule.MinWords ? Math.Max(0, 1 - 2.0 * (rule.MinWords - words) / rule.MinWords)
        : words > rule.MaxWords ? Math.Max(0, 1 - (words - rule.MaxWords) / (double)rule.MaxWords)
        : 1;

    /// <summary>The word itself or with a plain English ending: dog, dogs, jumped, jumping.</summary>
    private static bool IsForm(string written, string word) =>
        written.StartsWith(word, StringComparison.Ordinal)
        && written[word.Length..] is "" or "s" or "es" or "d" or "ed" or "ing";

    [GeneratedRegex(@"\p{L}+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"[.!?][""”']?\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ProperEnd();
}
