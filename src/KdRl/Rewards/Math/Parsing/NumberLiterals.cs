using System.Globalization;
using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Values of unsigned number literals.</summary>
internal static class NumberLiterals
{
    /// <summary>Longest literal in digits, its exponent included: 10^4 as for powers.</summary>
    private const int MaxDigits = 10_000;

    /// <summary>The number written in digits with a decimal part, a repeating part "(6)" or an exponent "e-7"; null when it is too large.</summary>
    public static MathNode? Parse(string text)
    {
        if (text.Length <= 18 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var small)) return MathNode.Literal(new Rational(small));
        var exponent = 0;
        if (text.IndexOf('e', StringComparison.Ordinal) is var mark and >= 0)
        {
            if (!int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxDigits) return null;
            text = text[..mark];
        }
        if (text.Length > MaxDigits) return null;
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var repeating = open < 0 ? "" : text[(open + 1)..^1];
        var plain = open < 0 ? text : text[..open];
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : plain.Length - point - 1;
        var digits = BigInteger.Parse("0" + plain.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        var value = new Rational(digits) * Rational.PowerOfTen(exponent - places);
        if (open >= 0)
        {
            var nines = BigInteger.Pow(10, repeating.Length) - 1;
            value += new Rational(BigInteger.Parse(repeating, CultureInfo.InvariantCulture), nines) * Rational.PowerOfTen(exponent - places);
        }
        // An integer with an exponent is as exact as one without: 2e5 is 200000.
        return MathNode.Literal(value, point >= 0 && open < 0 ? places - exponent : MathNode.Exact);
    }
}
