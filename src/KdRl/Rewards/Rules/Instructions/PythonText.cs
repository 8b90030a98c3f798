using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>What Python, in which the IFEval checks are published, calls white space, a word character, upper and lower case; .NET differs in each.</summary>
internal static class PythonText
{
    /// <summary><c>str.isspace</c> and <c>\s</c>: .NET's white space and the four information separators.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary><c>str.strip()</c>.</summary>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    /// <inheritdoc cref="Strip(ReadOnlySpan{char})"/>
    public static string Strip(string text) => Strip(text.AsSpan()).ToString();

    /// <summary>Whether nothing but white space is there.</summary>
    public static bool IsBlank(ReadOnlySpan<char> text) => Strip(text).IsEmpty;

    /// <summary><c>\w</c>: letters, numbers and the underscore, but no combining marks, so that words of Indic scripts fall apart at their vowel signs.</summary>
    public static bool IsWord(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsNumber(rune);

    /// <summary>Matches of <c>\w+</c>.</summary>
    public static int CountWords(string text)
    {
        var (count, inside) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var word = IsWord(rune);
            if (word && !inside) count++;
            inside = word;
        }

        return count;
    }

    /// <summary><c>\b</c> at a place: a word character on one side only.</summary>
    public static bool IsBoundary(string text, int at) => IsWordBefore(text, at) != IsWordAfter(text, at);

    /// <summary><c>str.isupper()</c>: at least one cased letter and none in lower or title case.</summary>
    public static bool IsUpper(ReadOnlySpan<char> text) => IsCased(text, UnicodeCategory.UppercaseLetter);

    /// <summary><c>str.islower()</c>: at least one cased letter and none in upper or title case.</summary>
    public static bool IsLower(ReadOnlySpan<char> text) => IsCased(text, UnicodeCategory.LowercaseLetter);

    private static bool IsCased(ReadOnlySpan<char> text, UnicodeCategory wanted)
    {
        var found = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Case(rune);
            if (category is not (UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter)) continue;
            if (category != wanted) return false;
            found = true;
        }

        return found;
    }

    /// <summary>The case of a character, the commoner symbols that Unicode counts among the cased ones (ª º Ⅳ ⅳ Ⓐ ⓐ 🄰) included.</summary>
    private static UnicodeCategory Case(Rune rune) => rune.Value switch
    {
        0xAA or 0xBA or (>= 0x2170 and <= 0x217F) or (>= 0x24D0 and <= 0x24E9) => UnicodeCategory.LowercaseLetter,
        (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189) =>
            UnicodeCategory.UppercaseLetter,
        _ => Rune.GetUnicodeCategory(rune),
    };

    private static bool IsWordBefore(string text, int at) => at > 0
        && (at > 1 && char.IsSurrogatePair(text[at - 2], text[at - 1]) ? IsWord(new Rune(text[at - 2], text[at - 1])) : Rune.TryCreate(text[at - 1], out var rune) && IsWord(rune));

    private static bool IsWordAfter(string text, int at) => at < text.Length && Rune.TryGetRuneAt(text, at, out var rune) && IsWord(rune);
}
