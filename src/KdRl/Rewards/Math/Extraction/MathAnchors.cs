using System.Buffers;

namespace KdRl.Rewards;

/// <summary>Finds the phrases that announce an answer in running text.</summary>
internal static class MathAnchors
{
    private static readonly string[] Phrases = ["final answer", "answer is", "answer would be", "answer:", "answer :", "answer =", "answer to the problem is", "answers are", "answer**:", "####", "答案是", "答案为", "答案："];

    private static readonly SearchValues<string> Marks = SearchValues.Create(Phrases, StringComparison.OrdinalIgnoreCase);

    /// <summary>What stands behind the last phrase, up to the end of its line; null when there is no phrase, or nothing behind it.</summary>
    public static TextSpan? Find(string text, int from)
    {
        var (at, start) = (-1, 0);
        for (var i = from; i < text.Length && text.AsSpan(i).IndexOfAny(Marks) is var offset and >= 0;)
        {
            at = i + offset;
            start = i = at + Array.Find(Phrases, p => text.AsSpan(at).StartsWith(p, StringComparison.OrdinalIgnoreCase))!.Length;
        }
        foreach (var label in (string[])["\nA:", "\nA："])
        {
            var found = text.AsSpan(from).LastIndexOf(label, StringComparison.Ordinal);
            if (found >= 0 && from + found > at) (at, start) = (from + found, from + found + label.Length);
        }
        if (at < 0 && text.AsSpan(from).StartsWith("A:", StringComparison.Ordinal)) (at, start) = (from, from + 2);
        if (at < 0) return null;
        start = SkipLead(text, start);
        var end = text.AsSpan(start).IndexOf('\n') is var line and >= 0 ? start + line : text.Length;
        // A displayed formula begins on a line of its own.
        if (text.AsSpan(start, end - start).Trim() is "$$" or "\\[" || text.AsSpan(start).StartsWith("\\[", StringComparison.Ordinal)) end = Math.Min(text.Length, start + 2000);
        return start >= end ? null : new TextSpan(start, end);
    }

    /// <summary>Skips punctuation and "is" behind a phrase.</summary>
    private static int SkipLead(string text, int start)
    {
        while (start < text.Length)
        {
            if (char.IsWhiteSpace(text[start]) || text[start] is ':' or '*' or '：' or '_' or '=') start++;
            else if (text.AsSpan(start).StartsWith("is ", StringComparison.Ordinal) || text.AsSpan(start).StartsWith("is:", StringComparison.Ordinal)) start += 3;
            else break;
        }
        return start;
    }
}
