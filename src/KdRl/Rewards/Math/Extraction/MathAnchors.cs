namespace KdRl.Rewards;

/// <summary>Finds the phrases that announce an answer in running text.</summary>
internal static class MathAnchors
{
    private static readonly string[] MathPhrases = ["answer is", "answer:", "answer :", "answer =", "answer to the problem is", "answers are", "answer**:", "####", "答案是", "答案为", "答案："];

    /// <summary>What stands behind the last phrase, up to the end of its line; null when there is no phrase, or nothing behind it.</summary>
    public static TextSpan? Find(string text, int from)
    {
        var (at, start) = (-1, 0);
        foreach (var phrase in MathPhrases)
        {
            var found = text.AsSpan(from).LastIndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            if (found >= 0 && from + found > at) (at, start) = (from + found, from + found + phrase.Length);
        }
        foreach (var label in (string[])["\nA:", "\nA："])
        {
            var found = text.AsSpan(from).LastIndexOf(label, StringComparison.Ordinal);
            if (found >= 0 && from + found > at) (at, start) = (from + found, from + found + label.Length);
        }
        if (at < 0 && text.AsSpan(from).StartsWith("A:", StringComparison.Ordinal)) (at, start) = (from, from + 2);
        if (at < 0) return null;
        while (start < text.Length && (char.IsWhiteSpace(text[start]) || text[start] is ':' or '*' or '：' or '_' or '=')) start++;
        var end = text.AsSpan(start).IndexOf('\n') is var line and >= 0 ? start + line : text.Length;
        // A displayed formula begins on a line of its own.
        if (text.AsSpan(start, end - start).Trim() is "$$" or "\\[" || text.AsSpan(start).StartsWith("\\[", StringComparison.Ordinal)) end = Math.Min(text.Length, start + 2000);
        return start >= end ? null : new TextSpan(start, end);
    }
}
