namespace KdRl.Rewards;

/// <summary>Reads one unsigned number: digits, groups of thousands that cannot be a list, a decimal part, a repeating part, an exponent.</summary>
/// <remarks>A plain comma between digits is left to the parser, which knows whether it stands in a list.</remarks>
internal readonly ref struct NumberScanner(string text, int end)
{
    private static readonly string[] Separators = ["{,}", ",\\!", "\\!,", "\\,", "\\!,\\!", "{,}\\!", "\\;", "\\ "];

    /// <summary>The canonical text: <c>1{,}000.5e3</c> is <c>1000.5e3</c>, <c>0.1\overline{6}</c> is <c>0.1(6)</c>.</summary>
    public string Scan(ref int at)
    {
        var start = at;
        SkipDigits(ref at);
        var number = text[start..at];
        var isHead = number.Length is > 0 and <= 3 && number[0] != '0';
        while (isHead && at - start <= 3 + 16 * 16 && Group(at) is var (next, group) && group is not null)
        {
            number += group;
            at = next;
        }
        if (at + 1 < end && text[at] == '.' && char.IsAsciiDigit(text[at + 1]))
        {
            var dot = at++;
            SkipDigits(ref at);
            number += text[dot..at];
        }
        return number + Repeating(ref at, number.Contains('.', StringComparison.Ordinal)) + Exponent(ref at);
    }

    private void SkipDigits(ref int at)
    {
        while (at < end && char.IsAsciiDigit(text[at])) at++;
    }

    /// <summary>A separator that LaTeX uses only between thousands, and three digits after it.</summary>
    private (int Next, string? Digits) Group(int at)
    {
        if (at >= end || text[at] is not ('{' or ',' or '\\')) return (at, null);
        foreach (var separator in Separators)
        {
            if (string.CompareOrdinal(text, at, separator, 0, separator.Length) != 0) continue;
            var digits = at + separator.Length;
            while (digits < end && text[digits] == ' ') digits++;
            var stop = digits;
            while (stop < end && char.IsAsciiDigit(text[stop])) stop++;
            if (stop - digits == 3) return (stop, text[digits..stop]);
        }
        return (at, null);
    }

    private string Repeating(ref int at, bool hasPoint)
    {
        const string overline = "\\overline{";
        var from = !hasPoint && at < end && text[at] == '.' ? at + 1 : at;
        if ((from == at && !hasPoint) || string.CompareOrdinal(text, from, overline, 0, overline.Length) != 0) return "";
        var digits = from + overline.Length;
        var stop = digits;
        SkipDigits(ref stop);
        if (stop == digits || stop >= end || text[stop] != '}') return "";
        at = stop + 1;
        return (hasPoint ? "(" : ".(") + text[digits..stop] + ")";
    }

    /// <summary>An exponent as programs print it: 1.5e-7, 2E10.</summary>
    private string Exponent(ref int at)
    {
        if (at >= end || text[at] is not ('e' or 'E')) return "";
        var digits = at + 1;
        if (digits < end && text[digits] is '+' or '-') digits++;
        var stop = digits;
        SkipDigits(ref stop);
        if (stop == digits || (stop < end && (char.IsLetter(text[stop]) || text[stop] == '.'))) return "";
        var exponent = "e" + text[(at + 1)..stop];
        at = stop;
        return exponent;
    }
}
