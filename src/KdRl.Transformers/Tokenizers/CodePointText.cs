using System.Globalization;
using System.Text;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Text for regular expressions that count in characters, as tokenizers do, and not in UTF-16 units, as .NET does: a character
/// beyond the Basic Multilingual Plane is shown to the expression as one of the plane with the same general category.
/// </summary>
internal sealed class CodePointText
{
    private static readonly char[] StandIns = FindStandIns();

    private readonly string text;
    private readonly int[]? offsets;

    /// <param name="text">Well-formed text.</param>
    public CodePointText(string text)
    {
        (this.text, Shown) = (text, text);
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return;
        var shown = new StringBuilder(text.Length);
        var starts = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, i);
            starts.Add(i);
            shown.Append(rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)]);
            i += rune.Utf16SequenceLength;
        }
        starts.Add(text.Length);
        (Shown, offsets) = (shown.ToString(), [.. starts]);
    }

    /// <summary>One UTF-16 unit a character.</summary>
    public string Shown { get; }

    /// <summary>The real text of a part of <see cref="Shown"/>.</summary>
    public ReadOnlySpan<char> Real(int start, int length) =>
        offsets is null ? text.AsSpan(start, length) : text.AsSpan(offsets[start]..offsets[start + length]);

    /// <summary>The first of each category from U+A490 on: scripts that no expression names character by character.</summary>
    private static char[] FindStandIns()
    {
        var result = new char[30];
        Array.Fill(result, '\uFFFD');
        for (var c = char.MaxValue; c >= 0xA490; c--)
            if (!char.IsSurrogate(c)) result[(int)CharUnicodeInfo.GetUnicodeCategory(c)] = c;
        return result;
    }
}
