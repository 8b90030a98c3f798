namespace KdRl.Rewards;

/// <summary>How much of a sequence repeats itself. Linear in its length, whatever it holds.</summary>
public static class Repetition
{
    /// <summary>The longest period that <see cref="RunShare"/> looks for when nothing else is said.</summary>
    public const int DefaultMaxPeriod = 256;

    // Arithmetic modulo the prime 2^61 − 1: the chance that two different windows share a hash is below windows² / 2^61. A collision
    // could only make a response look more repetitive than it is, never less.
    private const ulong Prime = (1UL << 61) - 1;
    private const ulong Base = 0x1A3F_5C7B_9D2E_4F61;

    /// <summary>The share of n-gram windows that occurred before: 1 − |distinct windows| / |windows|.</summary>
    /// <param name="tokens">Token ids, or word ids.</param>
    /// <param name="n">Tokens in a window; at least 1.</param>
    /// <returns>In [0, 1); 0 for sequences shorter than a window.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    /// <remarks>Windows are compared by a rolling 61-bit hash (Pangu Embedded, arXiv 2505.22375: repetition by string hashing).</remarks>
    public static double NGramShare(ReadOnlySpan<int> tokens, int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var windows = tokens.Length - n + 1;
        if (windows < 1) return 0;

        var leading = 1UL;
        for (var i = 1; i < n; i++) leading = Multiply(leading, Base);
        var seen = new HashSet<ulong>(windows);
        var hash = 0UL;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (i >= n) hash = (hash + Prime - Multiply(Digit(tokens[i - n]), leading)) % Prime;
            hash = (Multiply(hash, Base) + Digit(tokens[i])) % Prime;
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
        var longest = 0;
        for (var period = 1; period <= maxPeriod && 2 * period <= tokens.Length; period++)
        {
            var run = 0;
            for (var i = period; i < tokens.Length; i++)
            {
                run = tokens[i] == tokens[i - period] ? run + 1 : 0;
                if (run >= period && run > longest) longest = run;
            }
        }

        return tokens.Length == 0 ? 0 : longest / (double)tokens.Length;
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

    // 0 would make leading zeros invisible.
    private static ulong Digit(int token) => (ulong)(uint)token + 1;

    private static ulong Multiply(ulong a, ulong b)
    {
        var product = (UInt128)a * b;
        var sum = (ulong)(product & Prime) + (ulong)(product >> 61);
        return sum >= Prime ? sum - Prime : sum;
    }
}
