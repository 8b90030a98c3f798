using System.Buffers;

namespace KdRl.Rewards;

/// <summary>Finds boxed answers.</summary>
internal static class MathBoxes
{
    private static readonly SearchValues<string> Marks = SearchValues.Create(["\\boxed", "\\fbox", "\\framebox", "```"], StringComparison.Ordinal);

    /// <summary>Most characters between two boxes that are one answer.</summary>
    private const int MaxGap = 70;

    /// <summary>
    /// Contents of the boxes from an index on, the outer one of nested boxes, without those in fenced code. Unless all are asked for, only
    /// those near enough to the last one to matter beside it: a response full of boxes then costs no more to read than one with a few.
    /// </summary>
    /// <param name="text">The response.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="maxLength">A longer box counts as never closed.</param>
    /// <param name="all">Also boxes far before the last one.</param>
    /// <param name="endsOpen">The last box is never closed within that length.</param>
    public static List<TextSpan> Find(string text, int from, int maxLength, bool all, out bool endsOpen)
    {
        endsOpen = false;
        // The last box may have a neighbour before it, each in an outer box that is as long as a box may be.
        var starts = Starts(text, from, all ? int.MaxValue : 2 * (maxLength + MaxGap));
        if (starts.Length == 0) return [];
        var closes = LatexBraces.Closes(text, starts, (int)Math.Min(text.Length, starts[^1] + (long)maxLength + 2));
        List<TextSpan> boxes = [];
        var end = from;
        for (var i = 0; i < starts.Length; i++)
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

    /// <summary>Where the content of each box begins: at its brace, or at what stands there instead. Only the last ones, no farther apart than asked for.</summary>
    internal static int[] Starts(string text, int from, int within)
    {
        const string fence = "```";
        Queue<int> starts = [];
        for (var at = from; at < text.Length && text.AsSpan(at).IndexOfAny(Marks) is var offset and >= 0;)
        {
            at += offset;
            if (text[at] == '`')
            {
                at += fence.Length;
                at = text.AsSpan(at).IndexOf(fence, StringComparison.Ordinal) is var closing and >= 0 ? at + closing + fence.Length : text.Length;
                continue;
            }
            at += text[at + 1] == 'b' ? "\\boxed".Length : text[at + 2] == 'b' ? "\\fbox".Length : "\\framebox".Length;
            // \boxedx would be another command.
            if (at < text.Length && char.IsAsciiLetter(text[at])) continue;
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            starts.Enqueue(at);
            while (at - starts.Peek() > within) starts.Dequeue();
        }
        return [.. starts];
    }

    /// <summary>Up to a blank or dollar; nothing behind a brace that is never closed.</summary>
    private static TextSpan Braceless(string text, int start, int maxLength)
    {
        if (start < text.Length && text[start] == '{') return new TextSpan(start, start);
        var rest = text.AsSpan(start, Math.Min(text.Length - start, maxLength + 1));
        var length = rest.IndexOfAny('$', '\n', ' ');
        return new TextSpan(start, start + (length < 0 ? rest.Length : length));
    }

    /// <summary>Index of the first of the boxes that are one answer with the last one.</summary>
    public static int FirstOfLast(string text, List<TextSpan> boxes)
    {
        var first = boxes.Count - 1;
        while (first > 0 && AreAdjacent(text, boxes[first - 1], boxes[first])) first--;
        return first;
    }

    /// <summary>Whether nothing but a conjunction and delimiters stands between two boxes.</summary>
    public static bool AreAdjacent(string text, TextSpan first, TextSpan second)
    {
        var gap = text.AsSpan(first.End, second.Start - first.End);
        if (gap.Length > MaxGap) return false;
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
