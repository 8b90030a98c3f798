using System.Numerics;

namespace KdRl.Rewards;

/// <summary>ROUGE (Lin 2004): the overlap of two texts in n-grams, or in their longest common subsequence. No stemming.</summary>
/// <remarks>Time is linear in the candidate for a given reference, so a long response costs no more than its length.</remarks>
public static class Rouge
{
    /// <summary>Numbers of the empty gram, and of one that does not occur.</summary>
    private const int Nothing = -1, Unknown = -2;

    /// <summary>ROUGE-N: matched = Σ over n-grams g of min(count in candidate, count in reference).</summary>
    /// <param name="candidate">The tokens judged.</param>
    /// <param name="reference">The tokens expected.</param>
    /// <param name="n">Tokens in a gram; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gram is empty.</exception>
    public static TextOverlap NGrams(IReadOnlyList<string> candidate, IReadOnlyList<string> reference, int n)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        var names = new Dictionary<(int Prefix, string Token), int>();
        var expected = Numbers(reference, n, gram =>
        {
            if (!names.TryGetValue(gram, out var number)) names[gram] = number = names.Count;
            return number;
        });
        var left = expected.CountBy(gram => gram).ToDictionary();

        // Grams that the reference lacks need no number: memory grows with the reference only.
        var found = Numbers(candidate, n, gram => names.GetValueOrDefault(gram, Unknown));
        var matched = 0;
        foreach (var gram in found)
        {
            if (left.GetValueOrDefault(gram) == 0) continue;
            left[gram]--;
            matched++;
        }

        return TextOverlap.Of(matched, found.Length, expected.Length);
    }

    /// <summary>ROUGE-N of two texts, taken apart by <see cref="Tokens"/>.</summary>
    /// <inheritdoc cref="NGrams(IReadOnlyList{string}, IReadOnlyList{string}, int)"/>
    public static TextOverlap NGrams(string candidate, string reference, int n) => NGrams(Tokens(candidate), Tokens(reference), n);

    /// <summary>ROUGE-L: matched = length of the longest common subsequence of the two token sequences.</summary>
    /// <param name="candidate">The tokens judged.</param>
    /// <param name="reference">The tokens expected.</param>
    public static TextOverlap LongestCommonSubsequence(IReadOnlyList<string> candidate, IReadOnlyList<string> reference)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(reference);
        // The length is symmetric; the shorter sequence goes into the bit vectors.
        var length = candidate.Count < reference.Count ? CommonLength(reference, candidate) : CommonLength(candidate, reference);
        return TextOverlap.Of(length, candidate.Count, reference.Count);
    }

    /// <summary>ROUGE-L of two texts, taken apart by <see cref="Tokens"/>.</summary>
    /// <inheritdoc cref="LongestCommonSubsequence(IReadOnlyList{string}, IReadOnlyList{string})"/>
    public static TextOverlap LongestCommonSubsequence(string candidate, string reference) => LongestCommonSubsequence(Tokens(candidate), Tokens(reference));

    /// <summary>Lower-cased runs of letters, marks and digits: the tokens of the <c>rouge-score</c> package for English, and of other alphabets as well.</summary>
    /// <param name="text">Any text. Languages that do not separate words give one token a run.</param>
    public static IReadOnlyList<string> Tokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<string>();
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            while (i < text.Length && WordCharacters.IsLetterMarkOrDigit(text, ref i)) i++;
            if (i > start) tokens.Add(text[start..i].ToLowerInvariant());
        }

        return tokens;
    }

    /// <summary>Numbers the n-grams of a sequence: a gram is known by the number of its first tokens and its last token, so no two share one.</summary>
    private static int[] Numbers(IReadOnlyList<string> tokens, int n, Func<(int Prefix, string Token), int> number)
    {
        var grams = new int[Math.Max(0, tokens.Count - n + 1)];
        for (var i = 0; i < grams.Length; i++)
        {
            grams[i] = Nothing;
            for (var j = i; j < i + n && grams[i] != Unknown; j++) grams[i] = number((grams[i], tokens[j]));
        }

        return grams;
    }

    /// <summary>The bit-parallel algorithm of Hyyrö (2004): 64 cells of the table a step. Bit j of <c>v</c> is 0 where a match ends at token j.</summary>
    private static int CommonLength(IReadOnlyList<string> text, IReadOnlyList<string> pattern)
    {
        var blocks = (pattern.Count + 63) / 64;
        var places = new Dictionary<string, ulong[]>(StringComparer.Ordinal);
        for (var j = 0; j < pattern.Count; j++)
        {
            if (!places.TryGetValue(pattern[j], out var mask)) places[pattern[j]] = mask = new ulong[blocks];
            mask[j / 64] |= 1UL << (j % 64);
        }

        var v = new ulong[blocks];
        Array.Fill(v, ulong.MaxValue);
        foreach (var token in text)
        {
            if (!places.TryGetValue(token, out var mask)) continue;
            var carry = 0UL;
            for (var b = 0; b < blocks; b++)
            {
                var matches = v[b] & mask[b];
                var sum = (UInt128)v[b] + matches + carry;
                carry = (ulong)(sum >> 64);
                v[b] = (ulong)sum | (v[b] & ~mask[b]);
            }
        }

        return v.Sum(block => BitOperations.PopCount(~block));
    }
}
