namespace KdRl.Rewards;

/// <summary>Finds numbers in running text.</summary>
internal static class MathNumbers
{
    /// <summary>The last number with its sign, currency, decimals, percent sign, root, or as a fraction; null when there is none, or it is part of something else.</summary>
    public static TextSpan? Last(string text, int from, int end, bool decimalComma = false)
    {
        var last = from + text.AsSpan(from, end - from).LastIndexOfAnyInRange('0', '9');
        if (last < from) return null;
        var start = Start(text, from, last, decimalComma);
        // 3/4, 1 1/2 and 2^10 belong together.
        while (start - 1 > from && text[start - 1] is '/' or '^' && char.IsAsciiDigit(text[start - 2])) start = Start(text, from, start - 2, decimalComma);
        if (start > from + 1 && text[start - 1] == ' ' && char.IsAsciiDigit(text[start - 2]) && text.AsSpan(start, last - start).Contains('/')) start = Start(text, from, start - 2, decimalComma);
        // 3 x 10^8
        if (text.AsSpan(start, last - start).StartsWith("10^") && FactorBefore(text, from, start) is var factor and > 0) start = Start(text, from, factor, decimalComma);
        // √2 and 3√2; 2π below. The 2 of x^2 and of 2x is no answer.
        if (start > from && text[start - 1] == '√') start = start - 1 > from && char.IsAsciiDigit(text[start - 2]) ? Start(text, from, start - 2, decimalComma) : start - 1;
        if (start > from && text[start - 1] is '^' or '_') return null;
        if (last + 1 < end && text[last + 1] is 'x' or 'y' or 'z' or 'n' or 'k' && !(last + 2 < end && char.IsAsciiLetter(text[last + 2]))) return null;
        if (start > from && text[start - 1] == '.' && (start - 1 == from || char.IsWhiteSpace(text[start - 2]) || text[start - 2] is '-' or '$')) start--;
        if (start > from && text[start - 1] == '$') start--;
        if (start > from && text[start - 1] is '-' or '−' && (start - 1 == from || !char.IsAsciiLetterOrDigit(text[start - 2]) && text[start - 2] != ')')) start--;
        if (start > from && text[start - 1] == '$' && text[start] == '-') start--;
        last++;
        if (last < end && text[last] is '%' or 'π') last++;
        else if (last + 1 < end && text[last] == '\\' && text[last + 1] == '%') last += 2;
        return new TextSpan(start, last);
    }

    /// <summary>Index of the last digit before a sign of multiplication; -1 when there is none.</summary>
    private static int FactorBefore(string text, int from, int start)
    {
        var at = start - 1;
        while (at > from && text[at] == ' ') at--;
        if (at <= from || text[at] is not ('x' or '×' or '*')) return -1;
        at--;
        while (at > from && text[at] == ' ') at--;
        return at >= from && char.IsAsciiDigit(text[at]) ? at : -1;
    }

    /// <summary>Index behind the first number of a text; its end when there is none.</summary>
    public static int EndOfFirst(string text, TextSpan span)
    {
        var at = span.Start;
        while (at < span.End && !char.IsAsciiDigit(text[at])) at++;
        while (at < span.End && (!char.IsWhiteSpace(text[at]) || (at + 1 < span.End && char.IsAsciiDigit(text[at + 1])))) at++;
        return at;
    }

    /// <summary>Start of the digits, decimal point and thousands that end at an index.</summary>
    private static int Start(string text, int from, int last, bool decimalComma)
    {
        var start = last;
        while (start > from && (char.IsAsciiDigit(text[start - 1]) || (text[start - 1] is '.' or ',' && IsInside(text, from, start, decimalComma)))) start--;
        return start;
    }

    private static bool IsInside(string text, int from, int next, bool decimalComma)
    {
        if (text[next - 1] == '.' || decimalComma) return next - 2 >= from && char.IsAsciiDigit(text[next - 2]);
        // A comma of thousands has a digit before and exactly three behind it.
        return next - 2 >= from && char.IsAsciiDigit(text[next - 2]) && next + 2 < text.Length && char.IsAsciiDigit(text[next + 1]) && char.IsAsciiDigit(text[next + 2])
            && !(next + 3 < text.Length && char.IsAsciiDigit(text[next + 3]));
    }
}
