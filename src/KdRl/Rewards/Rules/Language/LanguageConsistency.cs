using System.Text;

namespace KdRl.Rewards;

/// <summary>How much of a response is in the language it should be in: models that think in several languages mix them (DeepSeek-R1, arXiv 2501.12948).</summary>
public static class LanguageConsistency
{
    private const int SegmentLetters = 200;

    /// <summary>
    /// Σ over segments of letters in the language / Σ of letters. A segment is whole lines with at least 200 letters in all. Its letters are
    /// in the language when they belong to one of its writing systems and the segment is not detected as another language.
    /// </summary>
    /// <param name="text">The response. Fenced code and formulas between dollars do not count: they are in no language.</param>
    /// <param name="language">The ISO 639-1 code expected; one that <see cref="LanguageDetector"/> knows.</param>
    /// <param name="detector">Tells the language of a segment; null: <see cref="LanguageDetector.Default"/>.</param>
    /// <returns>In [0, 1]; 0 for a text without letters.</returns>
    /// <exception cref="ArgumentException">The language is not known.</exception>
    public static double Share(string text, string language, ILanguageDetector? detector = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scripts = Scripts.Of(language);
        if (scripts.Count == 0) throw new ArgumentException($"Language '{language}' is not known; expected an ISO 639-1 code such as 'en'.", nameof(language));
        detector ??= LanguageDetector.Default;
        var (own, all) = (0L, 0L);
        foreach (var segment in Segments(Prose(text)))
        {
            var other = detector.Detect(segment) is { } found && found != language;
            foreach (var rune in segment.EnumerateRunes())
            {
                if (!Rune.IsLetter(rune)) continue;
                all++;
                if (!other && scripts.Contains(Scripts.Of(rune))) own++;
            }
        }

        return all == 0 ? 0 : own / (double)all;
    }

    /// <summary>The text without fenced code and without formulas between dollars. What is opened and not closed stays.</summary>
    private static string Prose(string text)
    {
        var prose = new StringBuilder(text.Length);
        var copied = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var fence = text[i] == '`' && text.AsSpan(i).StartsWith("```") ? "```" : text[i] != '$' ? null : i + 1 < text.Length && text[i + 1] == '$' ? "$$" : "$";
            if (fence is null) continue;
            var end = text.IndexOf(fence, i + fence.Length, StringComparison.Ordinal);
            if (end < 0) break;
            prose.Append(text, copied, i - copied).Append('\n');
            copied = end + fence.Length;
            i = copied - 1;
        }

        return prose.Append(text, copied, text.Length - copied).ToString();
    }

    private static IEnumerable<string> Segments(string text)
    {
        var (start, letters) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLetter(text[i])) letters++;
            if (text[i] != '\n' || letters < SegmentLetters) continue;
            yield return text[start..i];
            (start, letters) = (i, 0);
        }

        yield return text[start..];
    }
}
