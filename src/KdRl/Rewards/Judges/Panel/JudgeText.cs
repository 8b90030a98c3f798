using System.Globalization;
using System.Text;

namespace KdRl.Rewards;

/// <summary>Makes text of others fit to be shown to a judge: no hidden characters, no chat-template tokens, bounded length.</summary>
internal static class JudgeText
{
    /// <summary>What models write around turns. A space after the first character leaves it readable but no longer a token.</summary>
    private static readonly string[] TemplateTokens =
        ["<|", "<｜", "<s>", "</s>", "<think>", "</think>", "[inst]", "[/inst]", "<<sys>>", "<</sys>>", "<start_of_turn>", "<end_of_turn>", "[begin ", "[end "];

    /// <summary>The answer after the reasoning; nothing when the reasoning did not end.</summary>
    public static string WithoutReasoning(string text) => ReasoningSplit.Parse(text) is { Unfinished: false } split ? split.Answer : "";

    /// <summary>Cuts, then cleans; linear in the bound, whatever the length of the text.</summary>
    public static string Prepare(string text, int maxCharacters)
    {
        var shortened = Cut(text, maxCharacters);
        var clean = new StringBuilder(shortened.Length);
        for (var i = 0; i < shortened.Length; i++)
        {
            if (!Rune.TryGetRuneAt(shortened, i, out var rune))
            {
                clean.Append('\uFFFD'); // Half of a surrogate pair.
                continue;
            }
            if (!IsHidden(rune)) clean.Append(rune.ToString());
            i += rune.Utf16SequenceLength - 1;
        }
        return BreakTemplateTokens(clean.Replace("\r\n", "\n").Replace('\r', '\n').ToString()).Trim();
    }

    private static bool IsHidden(Rune rune) => rune.Value is not ('\n' or '\r' or '\t')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static string Cut(string text, int maxCharacters)
    {
        if (text.Length <= maxCharacters) return text;
        var marker = $"\n[… {text.Length - maxCharacters} characters left out here …]\n";
        var half = (maxCharacters - marker.Length) / 2;
        var (head, tail) = (half, text.Length - half);
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[tail])) tail++;
        return string.Concat(text.AsSpan(0, head), marker, text.AsSpan(tail));
    }

    private static string BreakTemplateTokens(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i]);
            if (text[i] is '<' or '[' && TemplateTokens.Any(t => string.Compare(text, i, t, 0, t.Length, StringComparison.OrdinalIgnoreCase) == 0)) result.Append(' ');
        }
        return result.ToString();
    }
}
