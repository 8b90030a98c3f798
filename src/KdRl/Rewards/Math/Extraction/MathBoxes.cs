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
        List<TextSpan> boxes = [];
        endsOpen = false;
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
            endsOpen = !TryContent(text, ref at, maxLength, out var content);
            if (!endsOpen) boxes.Add(content);
        }
        return boxes;
    }

    private static bool TryContent(string text, ref int at, int maxLength, out TextSpan content)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        var start = at;
        if (at < text.Length && text[at] == '{')
        {
            // Two more for the braces, one to see that it is too long.
            var close = LatexBraces.Close(text, at, Math.Min(text.Length, at + maxLength + 3));
            content = new TextSpan(start + 1, close);
            if (close < 0) return false;
            at = close + 1;
            return true;
        }
        while (at < text.Length && at - start <= maxLength && text[at] is not ('$' or '\n' or ' ')) at++;
        content = new TextSpan(start, at);
        return content.Length > 0;
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
