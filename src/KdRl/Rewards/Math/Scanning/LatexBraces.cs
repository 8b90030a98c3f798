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

    /// <summary>For each of some places in order the index of the brace that closes the one there; -1 when there stands none or it is not closed before the end.</summary>
    /// <remarks>One pass, however the places are nested.</remarks>
    public static int[] Closes(string text, int[] places, int end)
    {
        var closes = new int[places.Length];
        Array.Fill(closes, -1);
        // For each open brace the place it belongs to, -1 for other braces.
        Stack<int> open = [];
        var next = 0;
        for (var i = places[0]; i < end && text.AsSpan(i, end - i).IndexOfAny('{', '}', '\\') is var offset and >= 0; i++)
        {
            i += offset;
            while (next < places.Length && places[next] < i) next++;
            if (text[i] == '\\') i++;
            else if (text[i] == '{') open.Push(next < places.Length && places[next] == i ? next : -1);
            else if (open.TryPop(out var place) && place >= 0) closes[place] = i;
        }
        return closes;
    }
}
