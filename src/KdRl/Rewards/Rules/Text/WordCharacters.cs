using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>Character classes beyond the first plane, read from UTF-16.</summary>
internal static class WordCharacters
{
    /// <summary>Whether the character at a place is a letter, a mark or a digit; a pair moves the place to its second half.</summary>
    public static bool IsLetterMarkOrDigit(string text, ref int at)
    {
        if (char.IsLetterOrDigit(text[at])) return true;
        if (Rune.TryGetRuneAt(text, at, out var rune) && rune.Utf16SequenceLength == 2 && Rune.IsLetterOrDigit(rune))
        {
            at++;
            return true;
        }

        return CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
    }
}
