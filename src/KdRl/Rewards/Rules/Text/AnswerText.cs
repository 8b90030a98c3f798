using System.Text;

namespace KdRl.Rewards;

/// <summary>Brings short answers into a form in which equal answers are equal strings.</summary>
public static class AnswerText
{
    private const char FullWidthFirst = '！', FullWidthLast = '～', IdeographicSpace = '　';

    /// <summary>Removes the differences that do not count. Applying it twice gives the same as once.</summary>
    /// <param name="text">An answer. Time is linear in its length.</param>
    /// <param name="folding">The differences that do not count.</param>
    /// <remarks>
    /// Letters are lower-cased one by one, without regard to a language. Compatibility forms other than full width are kept apart:
    /// .NET does not normalise Unicode in invariant mode, and a verdict must not depend on that setting.
    /// </remarks>
    public static string Normalise(string text, TextFolding folding = TextFolding.Answer)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (folding.HasFlag(TextFolding.Width)) text = string.Create(text.Length, text, (narrow, wide) => Narrow(wide, narrow));
        if (folding.HasFlag(TextFolding.Case)) text = text.ToLowerInvariant();
        if (folding.HasFlag(TextFolding.Punctuation)) text = WithoutPunctuation(text);
        if ((folding & (TextFolding.WhiteSpace | TextFolding.Articles)) == 0) return text;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', folding.HasFlag(TextFolding.Articles) ? words.Where(w => !IsArticle(w)) : words);
    }

    private static bool IsArticle(string word) => word.Length <= 3
        && (word.Equals("a", StringComparison.OrdinalIgnoreCase) || word.Equals("an", StringComparison.OrdinalIgnoreCase) || word.Equals("the", StringComparison.OrdinalIgnoreCase));

    private static void Narrow(string wide, Span<char> narrow)
    {
        for (var i = 0; i < wide.Length; i++)
            narrow[i] = wide[i] switch
            {
                >= FullWidthFirst and <= FullWidthLast => (char)(wide[i] - FullWidthFirst + '!'),
                IdeographicSpace => ' ',
                var other => other,
            };
    }

    private static string WithoutPunctuation(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (!(char.IsPunctuation(text[i]) || char.IsSymbol(text[i])) || IsPartOfNumber(text, i)) kept.Append(text[i]);
        return kept.ToString();
    }

    /// <summary>A minus before a number that no word or number precedes, or a point before a digit that no letter precedes.</summary>
    private static bool IsPartOfNumber(string text, int i)
    {
        var (before, after) = (i > 0 ? text[i - 1] : ' ', i + 1 < text.Length ? text[i + 1] : ' ');
        if (!char.IsAsciiDigit(after) && !(text[i] == '-' && after == '.' && i + 2 < text.Length && char.IsAsciiDigit(text[i + 2]))) return false;
        return text[i] switch
        {
            '-' => !char.IsLetterOrDigit(before) && before != '-',
            '.' => char.IsAsciiDigit(before) || char.IsWhiteSpace(before) || before == '-',
            _ => false,
        };
    }
}
