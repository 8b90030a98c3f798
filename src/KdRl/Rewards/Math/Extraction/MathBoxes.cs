using System.Buffers;

namespace KdRl.Rewards;

/// <summary>Finds boxed answers.</summary>
internal static class MathBoxes
{
    private static readonly string[] LatexCommands = ["\\boxed", "\\fbox", "\\framebox"];

    private static readonly SearchValues<string> Marks = SearchValues.Create(["\\boxed", "\\fbox", "\\framebox", "```"], StringComparison.Ordinal);

    /// <summary>Contents of all boxes from an index on, the outer one of nested boxes, without those in fenced code.</summary>
    /// <param name="text">The response.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="maxLength">A longer box counts as never closed.</param>
    /// <param name="endsOpen">The last box is never closed within that length.</param>
    public static List<TextSpan> Find(string text, int from, int maxLength, out bool endsOpen)
    {
        endsOpen = false;
        var starts = Starts(text, from);
        if (starts.Count == 0) return [];
        var closes = LatexBraces.Closes(text, starts);
        List<TextSpan> boxes = [];
        var end = from;
        for (var i = 0; i < starts.Count; i++)
        {
            if (starts[i] < end) continue;
            var content = closes[i] >= 0 ? new TextSpan(starts[i] + 1, closes[i]) : Braceless(text, starts[i], maxLength);
            endsOpen = content.Length > maxLength || content.Length < (closes[i] >= 0 ? 0 : 1);
            if (endsOpen) continue;
            boxes.Add(content);
            end = closes[i] >= 0 ? closes[i] + 1 : content.End;
        }
        return boxes;
    }

    /// <summary>Where the content of each box begins: at its brace, or at what stands there instead.</summary>
    private static List<int> Starts(string text, int from)
    {
        List<int> starts = [];
        var inCode = false;
        for (var at = from; at < text.Length && text.AsSpan(at).IndexOfAny(Marks) is var offset and >= 0;)
        {
            at += offset;
            if (text[at] == '`')
            {
                inCode = !inCode;
                at += 3;
                continue;
            }
            at += Array.Find(LatexCommands, c => string.CompareOrdinal(text, at, c, 0, c.Length) == 0)!.Length;
            // \boxedx would be another command.
            if (inCode || (at < text.Length && char.IsAsciiLetter(text[at]))) continue;
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            starts.Add(at);
        }
        return starts;
    }

    /// <summary>Up to a blank or dollar; nothing behind a brace that is never closed.</summary>
    private static TextSpan Braceless(string text, int start, int maxLength)
    {
        var at = start;
        if (at < text.Length && text[at] == '{') return new TextSpan(start, start);
        while (at < text.Length && at - start <= maxLength && text[at] is not ('$' or '\n' or ' ')) at++;
        return new TextSpan(start, at);
    }

    /// <summary>Whether nothing but a conjunction and delimiters stands between two boxes.</summary>
    public static bool AreAdjacent(string text, TextSpan first, TextSpan second)
    {
        var gap = text.AsSpan(first.End, second.Start - first.End);
        if (gap.Length > 70) return false;
        var joins = false;
        for (var i = 0; i < gap.Length;)
        {
            var rest = gap[i..];
            if (Skip(rest, "\\boxed") is var n and > 0 || (n = Skip(rest, "\\fbox")) > 0 || (n = Skip(rest, "\\text")) > 0 || (n = Skip(rest, "\\quad")) > 0 || (n = Skip(rest, "\\qquad")) > 0) i += n;
            else if ((n = Skip(rest, "and")) > 0 || (n = Skip(rest, "or")) > 0)
            {
                joins = true;
                i += n;
            }
            else if (char.IsWhiteSpace(rest[0]) || rest[0] is '$' or '{' or '}' or '\\' or '(' or ')' or '[' or ']' or '*') i++;
            else if (rest[0] is ',' or ';' or '、')
            {
                joins = true;
                i++;
            }
            else return false;
        }
        return joins || gap.Length < 20;
    }

    private static int Skip(ReadOnlySpan<char> text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase) ? word.Length : 0;
}
