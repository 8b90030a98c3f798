namespace KdRl.Rewards;

/// <summary>Finds formulas between <c>$</c>, <c>$$</c>, <c>\(</c> and <c>\[</c>.</summary>
internal static class MathFormulas
{
    /// <summary>Contents of all formulas in a part of a text, in order.</summary>
    public static List<TextSpan> Find(string text, int from, int end)
    {
        List<TextSpan> formulas = [];
        for (var at = from; at < end;)
        {
            var offset = text.AsSpan(at, end - at).IndexOfAny('$', '\\');
            if (offset < 0) break;
            at += offset;
            var close = text[at] == '\\' ? Bracketed(text, at, end) : Dollars(text, at, end);
            if (close is not var (content, next))
            {
                at += text[at] == '\\' ? 2 : 1;
                continue;
            }
            formulas.Add(content);
            at = next;
        }
        return formulas;
    }

    private static (TextSpan Content, int Next)? Bracketed(string text, int at, int end)
    {
        if (at + 1 >= end || text[at + 1] is not ('(' or '[')) return null;
        var close = IndexOf(text, text[at + 1] == '(' ? "\\)" : "\\]", at + 2, end);
        return close < 0 ? null : (new TextSpan(at + 2, close), close + 2);
    }

    /// <summary>Opens before no blank; closes behind none and, so that prices in running text are no formulas, before no digit.</summary>
    private static (TextSpan Content, int Next)? Dollars(string text, int at, int end)
    {
        if (at + 1 < end && text[at + 1] == '$')
        {
            var stop = IndexOf(text, "$$", at + 2, end);
            return stop < 0 ? null : (new TextSpan(at + 2, stop), stop + 2);
        }
        var close = at + 1;
        // A formula in running text does not go on beyond a line or a few hundred characters.
        var limit = Math.Min(end, at + 500);
        while (close < limit && text[close] is not ('$' or '\n')) close += text[close] == '\\' ? 2 : 1;
        if (close >= limit || text[close] != '$' || close == at + 1) return null;
        return char.IsAsciiDigit(text[at + 1]) && (text[close - 1] == ' ' || (close + 1 < end && char.IsAsciiDigit(text[close + 1]))) ? null : (new TextSpan(at + 1, close), close + 1);
    }

    private static int IndexOf(string text, string mark, int from, int end)
    {
        var limit = Math.Min(end, from + 5000);
        return from >= limit ? -1 : text.IndexOf(mark, from, limit - from, StringComparison.Ordinal);
    }
}
