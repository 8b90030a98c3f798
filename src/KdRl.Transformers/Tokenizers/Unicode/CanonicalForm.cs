using System.Text;

namespace KdRl.Transformers.Tokenizers.Unicode;

/// <summary>Canonical normal forms of text (Unicode Standard Annex 15): NFD takes characters apart, NFC puts them together again.</summary>
internal static class CanonicalForm
{
    // Hangul syllables are computed (Unicode Standard, section 3.12).
    private const int SBase = 0xAC00, LBase = 0x1100, VBase = 0x1161, TBase = 0x11A7, LCount = 19, VCount = 21, TCount = 28, SCount = LCount * VCount * TCount;

    /// <summary>NFC.</summary>
    /// <param name="text">Well-formed text.</param>
    public static string Compose(string text)
    {
        var from = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF');
        while (from >= 0 && from < text.Length && !CanonicalData.MayChangeWhenComposed(text[from])) from++;
        if (from < 0 || from == text.Length) return text;
        var list = Decomposed(text);
        var (kept, starter, lastClass) = (0, -1, 0);
        foreach (var c in list)
        {
            var combining = CanonicalData.CombiningClass(c);
            // A mark is blocked from its starter by a kept mark of the same or a higher class; a starter by any kept mark.
            var adjacent = starter >= 0 && (kept == starter + 1 || (lastClass < combining && lastClass != 0));
            if (adjacent && TryCompose(list[starter], c, out var composed))
            {
                list[starter] = composed;
                continue;
            }
            if (combining == 0) starter = kept;
            lastClass = combining;
            list[kept++] = c;
        }
        return Text(list.AsSpan(0, kept));
    }

    /// <summary>NFD.</summary>
    /// <param name="text">Well-formed text.</param>
    public static string Decompose(string text) => text.AsSpan().ContainsAnyExceptInRange('\0', '\u00BF') ? Text(Decomposed(text)) : text;

    private static int[] Decomposed(string text)
    {
        var list = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes()) AddDecomposed(rune.Value, list);
        int[] result = [.. list];
        for (var i = 0; i < result.Length; i++)
        {
            if (CanonicalData.CombiningClass(result[i]) == 0) continue;
            var start = i;
            while (i < result.Length && CanonicalData.CombiningClass(result[i]) != 0) i++;
            // The order of marks of one class counts; the sort is stable.
            if (i - start > 1) result.AsSpan(start, i - start).ToArray().OrderBy(CanonicalData.CombiningClass).ToArray().CopyTo(result, start);
        }
        return result;
    }

    private static void AddDecomposed(int c, List<int> output)
    {
        var syllable = c - SBase;
        if (syllable is >= 0 and < SCount)
        {
            output.Add(LBase + syllable / (VCount * TCount));
            output.Add(VBase + syllable / TCount % VCount);
            if (syllable % TCount != 0) output.Add(TBase + syllable % TCount);
        }
        else if (CanonicalData.TryDecompose(c, out var parts))
        {
            AddDecomposed(parts.First, output);
            if (parts.Second >= 0) AddDecomposed(parts.Second, output);
        }
        else
        {
            output.Add(c);
        }
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if (first - LBase is >= 0 and < LCount && second - VBase is >= 0 and < VCount)
            composed = SBase + ((first - LBase) * VCount + (second - VBase)) * TCount;
        else if (first - SBase is >= 0 and < SCount && (first - SBase) % TCount == 0 && second - TBase is > 0 and < TCount)
            composed = first + (second - TBase);
        else
            return CanonicalData.TryCompose(first, second, out composed);
        return true;
    }

    private static string Text(ReadOnlySpan<int> codePoints)
    {
        var result = new StringBuilder(codePoints.Length);
        Span<char> pair = stackalloc char[2];
        foreach (var c in codePoints) result.Append(pair[..new Rune(c).EncodeToUtf16(pair)]);
        return result.ToString();
    }
}
