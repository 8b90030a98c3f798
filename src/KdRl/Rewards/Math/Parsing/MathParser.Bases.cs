namespace KdRl.Rewards;

/// <content>Numbers with a base.</content>
internal sealed partial class MathParser
{
    private const int MaxBaseDigits = 100;

    /// <summary>Digits among which there are letters, in brackets perhaps, with their base: FF_{16}, (2A)_{16}; null when none stand here.</summary>
    /// <remarks>Small letters only in base 16: 2a_{12} is twice an element. One letter alone is a name: A_{16}.</remarks>
    private MathNode? TryBaseNumber()
    {
        var first = Current.Is("(") ? 1 : 0;
        var last = first;
        while (last < MaxBaseDigits && Peek(last) is { Kind: MathTokenKind.Number or MathTokenKind.Letter or MathTokenKind.Word } token && (last == first || !token.SpaceBefore)) last++;
        var closed = last + first;
        if (last == first || !Peek(closed).Is("_") || (first == 1 && !Peek(last).Is(")"))) return null;
        var digits = string.Concat(_tokens.GetRange(_at + first, last - first).Select(t => t.Text));
        if (digits.Length is < 2 or > MaxBaseDigits || !digits.Any(char.IsAsciiLetter)) return null;
        var start = _at;
        _at += closed + 1;
        if (Radix(ParseSubscript()) is { } radix && (radix == 16 || !digits.Any(char.IsAsciiLetterLower)) && PositionalValue(digits.ToUpperInvariant(), radix) is { } value)
            return BaseNumber(digits.ToUpperInvariant(), radix, value);
        if (!_failed) _at = start;
        return null;
    }

    /// <summary>Decimal digits with their base: 1011_2, (101)_{2}, 11_{two}.</summary>
    private MathNode ParseBase()
    {
        var digits = DigitsBefore();
        _at++;
        return digits is not null && Radix(ParseSubscript()) is { } radix && PositionalValue(digits, radix) is { } value ? BaseNumber(digits, radix, value) : Fail();
    }

    /// <summary>A base in words behind a number: 101 (base 2), 101 in base two; null when there is none.</summary>
    private MathNode? TryBaseWords(MathNode number)
    {
        if (number.Kind != MathNodeKind.Number || !Peek(-1).IsInteger || NumberLiterals.Parse(Peek(-1).Text)?.Number != number.Number) return null;
        var bracket = Current.Is("(");
        var at = bracket ? 1 : 0;
        if (Peek(at).IsWord("in")) at++;
        if (!Peek(at).IsWord("base")) return null;
        at++;
        if (Peek(at).Is("-")) at++;
        if (Radix(Peek(at).Text) is not { } radix || (bracket && !Peek(at + 1).Is(")")) || PositionalValue(Peek(-1).Text, radix) is not { } value) return null;
        var digits = Peek(-1).Text;
        _at += at + (bracket ? 2 : 1);
        return BaseNumber(digits, radix, value);
    }

    private MathNode BaseNumber(string digits, int radix, Rational value) => _budget.AddNode() ? MathNode.BaseNumber(digits, radix, value) : Fail();

    private static int? Radix(string text) => (int.TryParse(text, out var value) || MathVocabulary.Numbers.TryGetValue(text, out value)) && value is >= 2 and <= 36 ? value : null;

    /// <summary>The run of digits that ends at the underscore.</summary>
    private string? DigitsBefore()
    {
        var end = _at - 1;
        if (Peek(-1).Is(")")) end--;
        var start = end;
        while (start >= 0 && end - start < MaxBaseDigits && _tokens[start].Kind == MathTokenKind.Number) start--;
        var digits = string.Concat(_tokens.Skip(start + 1).Take(end - start).Select(t => t.Text));
        return digits.Length is > 0 and <= MaxBaseDigits ? digits : null;
    }

    private static Rational? PositionalValue(string digits, int radix)
    {
        var (value, scale, fraction) = (Rational.Zero, Rational.One, false);
        foreach (var c in digits)
        {
            if (c == '.' && !fraction)
            {
                fraction = true;
                continue;
            }
            var digit = char.IsAsciiDigit(c) ? c - '0' : c is >= 'A' and <= 'Z' ? c - 'A' + 10 : radix;
            if (digit >= radix) return null;
            value = value * new Rational(radix) + new Rational(digit);
            if (fraction) scale *= new Rational(radix);
        }
        return value / scale;
    }
}
