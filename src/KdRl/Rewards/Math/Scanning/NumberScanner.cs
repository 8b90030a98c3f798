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
        var from = !hasPoint && at < end && text[at] == '.' ? at + 1 : at;
        if (from == at && !hasPoint) return "";
        // 0.1(6) is a product, but 0.(6) can be nothing else.
        var digits = Enclosed(from, "\\overline{", '}') ?? Enclosed(from, "\\bar{", '}') ?? Dotted(from) ?? (from > at ? Enclosed(from, "(", ')') : null);
        if (digits is not { } found) return "";
        at = found.Next;
        return (hasPoint ? "(" : ".(") + found.Digits + ")";
    }

    /// <summary>Digits between two marks.</summary>
    private (string Digits, int Next)? Enclosed(int from, string open, char close)
    {
        if (string.CompareOrdinal(text, from, open, 0, open.Length) != 0) return null;
        var digits = from + open.Length;
        var stop = digits;
        SkipDigits(ref stop);
        return stop > digits && stop < end && text[stop] == close ? (text[digits..stop], stop + 1) : null;
    }

    /// <summary>Dots over the first and the last digit that repeat, or over the only one.</summary>
    private (string Digits, int Next)? Dotted(int from)
    {
        const string dot = "\\dot{";
        if (Enclosed(from, dot, '}') is not { Digits.Length: 1 } first) return null;
        var stop = first.Next;
        SkipDigits(ref stop);
        if (Enclosed(stop, dot, '}') is { Digits.Length: 1 } last) return (first.Digits + text[first.Next..stop] + last.Digits, last.Next);
        return stop == first.Next ? first : null;
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
