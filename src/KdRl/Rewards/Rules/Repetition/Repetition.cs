using KdRl.Rollouts;

namespace KdRl.Rewards;

/// <summary>How much of a sequence repeats itself. Linear in its length, whatever it holds.</summary>
public static class Repetition
{
    /// <summary>The longest period that <see cref="RunShare"/> looks for when nothing else is said.</summary>
    public const int DefaultMaxPeriod = 256;

    /// <summary>The share of n-gram windows that occurred before: 1 − |distinct windows| / |windows|.</summary>
    /// <param name="tokens">Token ids, or word ids.</param>
    /// <param name="n">Tokens in a window; at least 1.</param>
    /// <returns>In [0, 1); 0 for sequences shorter than a window.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    /// <remarks>
    /// Windows are compared by a rolling 61-bit hash (Pangu Embedded, arXiv 2505.22375: repetition by string hashing). The chance that two different windows
    /// share one is below windows²/2⁶¹; a collision could only make a response look more repetitive than it is, never less.
    /// </remarks>
    public static double NGramShare(ReadOnlySpan<int> tokens, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var windows = tokens.Length - n + 1;
        if (windows < 1) return 0;

        var leading = 1UL;
        for (var i = 1; i < n; i++) leading = RollingHash.Multiply(leading, RollingHash.Base);
        using var seen = new HashTally(windows);
        var hash = 0UL;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i >= n) hash = RollingHash.Drop(hash, tokens[i - n], leading);
            hash = RollingHash.Append(hash, tokens[i]);
            if (i >= n - 1) seen.Add(hash);
        }

        return 1 - (seen.Count / (double)windows);
    }

    /// <summary>
    /// The share of tokens in the longest stretch that only repeats the block right before it:
    /// max over periods p of r_p / |tokens|, r_p the longest run of i with tokens[i] = tokens[i − p], counted when r_p ≥ p.
    /// </summary>
    /// <param name="tokens">Token ids, or word ids.</param>
    /// <param name="maxPeriod">The longest block looked for, in tokens; at least 1.</param>
    /// <returns>In [0, 1). It finds one long loop, which the share of windows dilutes in a long text.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is less than 1.</exception>
    public static double RunShare(ReadOnlySpan<int> tokens, int maxPeriod = DefaultMaxPeriod)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPeriod, 1);
        var (longest, looks) = (0, 0L);
        for (var period = 1; period <= maxPeriod && 2 * period <= tokens.Length; period++)
            longest = Math.Max(longest, LongestRun(tokens, period, Math.Max(period, longest + 1), ref looks));
        return tokens.Length == 0 ? 0 : longest / (double)tokens.Length;
    }

    /// <summary>
    /// The longest run of i with tokens[i] = tokens[i − period], if it has the least length; otherwise 0. A run that long covers one of every
    /// <paramref name="least"/> places, so text without one is not looked at in between: about |tokens|/least looks, and never more than |tokens|.
    /// </summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="period">How far back equal tokens stand.</param>
    /// <param name="least">The least length that counts; at least 1.</param>
    /// <param name="looks">Goes up by the comparisons made.</param>
    internal static int LongestRun(ReadOnlySpan<int> tokens, int period, int least, ref long looks)
    {
        var longest = 0;
        // Those in [start, known) are known to be equal to what stands a period before.
        for (int start = period, known = period; start + least <= tokens.Length;)
        {
            var i = start + least - 1;
            while (i >= known && tokens[i] == tokens[i - period]) i--;
            looks += start + least - Math.Max(i, known);
            if (i >= known)
            {
                (start, known) = (i + 1, start + least);
                continue;
            }

            var end = start + least;
            while (end < tokens.Length && tokens[end] == tokens[end - period]) end++;
            looks += end - (start + least) + 1;
            longest = end - start;
            least = longest + 1;
            (start, known) = (end + 1, end + 1);
        }

        return longest;
    }

    /// <summary>Numbers the words of a text, equal words alike whatever their case: what <see cref="NGramShare"/> takes for text.</summary>
    /// <param name="text">Any text; words are runs without white space.</param>
    public static int[] WordIds(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var ids = new List<int>();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i])) continue;
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i])) i++;
            var word = text.AsSpan(start, i - start);
            if (!lookup.TryGetValue(word, out var id)) lookup[word] = id = words.Count;
            ids.Add(id);
        }

        return [.. ids];
    }
}
