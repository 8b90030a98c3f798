namespace KdRl.Rewards;

/// <summary>Finds the end of a LaTeX group.</summary>
internal static class LatexBraces
{
    /// <summary>Index of the brace that closes the one at <paramref name="open"/>; -1 when there is none before <paramref name="end"/>.</summary>
    public static int Close(string text, int open, int end)
    {
        var depth = 0;
        for (var i = open; i < end; i++)
        {
            var c = text[i];
            if (c == '\\') i++;
            else if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return i;
        }
        return -1;
    }
}
