namespace KdRl.Rewards;

/// <summary>Sections in named tags: <c>&lt;plan&gt;…&lt;/plan&gt;&lt;answer&gt;…&lt;/answer&gt;</c>.</summary>
public static class TagFormat
{
    /// <summary>Every section occurs exactly once, in this order, closed before the next opens, and holds more than white space. Text between sections is free.</summary>
    /// <param name="text">The response. Time is linear in its length.</param>
    /// <param name="names">The names of the sections, without brackets.</param>
    /// <exception cref="ArgumentException">There are no names, an empty or a repeated one.</exception>
    public static bool IsWellFormed(string text, params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0 || names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new ArgumentException($"Sections are [{string.Join(", ", names)}]; expected at least one name, none of them empty or repeated.", nameof(names));

        var end = 0;
        foreach (var name in names)
        {
            var (open, close) = ($"<{name}>", $"</{name}>");
            var from = text.IndexOf(open, StringComparison.Ordinal);
            var to = text.IndexOf(close, StringComparison.Ordinal);
            if (from < end || to < from + open.Length) return false;
            if (text.LastIndexOf(open, StringComparison.Ordinal) != from || text.LastIndexOf(close, StringComparison.Ordinal) != to) return false;
            if (text.AsSpan(from + open.Length, to - from - open.Length).IsWhiteSpace()) return false;
            end = to + close.Length;
        }

        return true;
    }
}
