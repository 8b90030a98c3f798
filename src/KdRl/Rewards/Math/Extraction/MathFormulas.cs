namespace KdRl.Rewards;

/// <summary>Finds formulas between <c>$</c>, <c>$$</c>, <c>\(</c> and <c>\[</c>.</summary>
internal sealed class MathFormulas
{
    /// <summary>A formula in running text does not go on beyond a line or a few hundred characters.</summary>
    private const int MaxInline = 500;

    private const int MaxDisplayed = 5000;

    private readonly string _text;
    private readonly int _end;

    // Where the next of each closing mark stands. Looked for once from every place, "\(\(\(…" would take quadratic time.
    private int _round, _square, _dollars;

    private MathFormulas(string text, int from, int end) => (_text, _end, _round, _square, _dollars) = (text, end, from - 1, from - 1, from - 1);

    /// <summary>Contents of all formulas in a part of a text, in order.</summary>
    public static List<TextSpan> Find(string text, int from, int end)
    {
        var finder = new MathFormulas(text, from, end);
        List<TextSpan> formulas = [];
        for (var at = from; at < end;)
        {
            var offset = text.AsSpan(at, end - at).IndexOfAny('$', '\\');
            if (offset < 0) break;
            at += offset;
            var close = text[at] == '\\' ? finder.Bracketed(at) : finder.Dollars(at);
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

    private (TextSpan Content, int Next)? Bracketed(int at)
    {
        if (at + 1 >= _end || _text[at + 1] is not ('(' or '[')) return null;
        return _text[at + 1] == '(' ? UpTo("\\)", at + 2, ref _round) : UpTo("\\]", at + 2, ref _square);
    }

    /// <summary>Opens before no blank; closes behind none and, so that prices in running text are no formulas, before no digit.</summary>
    private (TextSpan Content, int Next)? Dollars(int at)
    {
        if (at + 1 < _end && _text[at + 1] == '$') return UpTo("$$", at + 2, ref _dollars);
        var close = at + 1;
        var limit = Math.Min(_end, at + MaxInline);
        while (close < limit && _text[close] is not ('$' or '\n')) close += _text[close] == '\\' ? 2 : 1;
        if (close >= limit || _text[close] != '$' || close == at + 1) return null;
        return char.IsAsciiDigit(_text[at + 1]) && (_text[close - 1] == ' ' || (close + 1 < _end && char.IsAsciiDigit(_text[close + 1]))) ? null : (new TextSpan(at + 1, close), close + 1);
    }

    /// <summary>The text up to a closing mark, when there is one near enough.</summary>
    private (TextSpan Content, int Next)? UpTo(string mark, int from, ref int known)
    {
        if (known < from) known = from < _end && _text.AsSpan(from, _end - from).IndexOf(mark, StringComparison.Ordinal) is var offset and >= 0 ? from + offset : int.MaxValue;
        return known > from + MaxDisplayed - mark.Length ? null : (new TextSpan(from, known), known + mark.Length);
    }
}
