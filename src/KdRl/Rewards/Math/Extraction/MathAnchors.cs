using System.Buffers;

namespace KdRl.Rewards;

/// <summary>Finds the phrases that announce an answer in running text.</summary>
internal static class MathAnchors
{
    /// <summary>What stands behind "answer" in an announcement; behind "final answer" anything may.</summary>
    private static readonly string[] Verbs = [" is", " would be", ":", " :", " =", " to the problem is", "s are", "**:"];

    private static readonly SearchValues<string> Marks = SearchValues.Create(["answer", "####"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Announcements in other scripts, and one that must begin a line, each with the characters one of which must follow.</summary>
    private static readonly (string Text, string Ends)[] Labels = [("答案", "是为："), ("\nA", ":：")];

    /// <summary>What stands behind the last phrase, up to the end of its line; null when there is no phrase, or nothing behind it.</summary>
    public static TextSpan? Find(string text, int from)
    {
        var (at, start) = (-1, 0);
        for (var i = from; i < text.Length && text.AsSpan(i).IndexOfAny(Marks) is var offset and >= 0;)
        {
            i += offset;
            var length = Announcement(text, i);
            if (length > 0) (at, start) = (i, i + length);
            i += 4;
        }
        foreach (var (label, ends) in Labels)
            if (LastLabel(text, Math.Max(from, at), label, ends) is var found and >= 0) (at, start) = (found, found + label.Length + 1);
        if (at < 0 && text.AsSpan(from).StartsWith("A:", StringComparison.Ordinal)) (at, start) = (from, from + 2);
        if (at < 0) return null;
        start = SkipLead(text, start);
        var end = text.AsSpan(start).IndexOf('\n') is var line and >= 0 ? start + line : text.Length;
        // A displayed formula begins on a line of its own.
        if (text.AsSpan(start, end - start).Trim() is "$$" or "\\[" || text.AsSpan(start).StartsWith("\\[", StringComparison.Ordinal)) end = Math.Min(text.Length, start + 2000);
        return start >= end ? null : new TextSpan(start, end);
    }

    /// <summary>Where a label stands last from an index on; -1 when it does not.</summary>
    private static int LastLabel(string text, int from, string label, string ends)
    {
        for (var end = text.Length; text.AsSpan(from, end - from).LastIndexOf(label, StringComparison.Ordinal) is var offset and >= 0; end = from + offset)
            if (from + offset + label.Length is var behind && behind < text.Length && ends.Contains(text[behind], StringComparison.Ordinal)) return from + offset;
        return -1;
    }

    /// <summary>Length of the announcement that begins at "answer" or "####"; 0 when it is none.</summary>
    private static int Announcement(string text, int at)
    {
        const string word = "answer", final = "final ";
        if (text[at] == '#') return 4;
        var rest = text.AsSpan(at + word.Length);
        foreach (var verb in Verbs)
            if (rest.StartsWith(verb, StringComparison.OrdinalIgnoreCase)) return word.Length + verb.Length;
        return at >= final.Length && text.AsSpan(at - final.Length, final.Length).Equals(final, StringComparison.OrdinalIgnoreCase) ? word.Length : 0;
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
