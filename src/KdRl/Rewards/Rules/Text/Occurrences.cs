namespace KdRl.Rewards;

/// <summary>Counts without regular expressions.</summary>
internal static class Occurrences
{
    /// <summary>How often a text holds another, occurrences not overlapping, from the left.</summary>
    public static int Count(ReadOnlySpan<char> text, ReadOnlySpan<char> sought, StringComparison comparison)
    {
        var count = 0;
        for (int at; (at = text.IndexOf(sought, comparison)) >= 0; count++) text = text[(at + sought.Length)..];
        return count;
    }
}
