namespace KdRl.Rewards;

/// <content>Units and currencies.</content>
internal sealed partial class MathParser
{
    private MathNode Quantity(MathNode value, MathUnit unit) => _budget.AddNode() ? MathNode.Quantity(value, unit) : Fail();

    private static MathUnit UnitOf((Rational Scale, string Dimension) unit) => new(unit.Scale, unit.Dimension, "");

    /// <summary>A factor behind a sign; beside a quantity with its own unit.</summary>
    private MathNode ParseFactor(MathNode left)
    {
        var factor = ParseSigned();
        return left.Kind == MathNodeKind.Quantity && factor.Kind != MathNodeKind.Quantity ? TryUnit(factor) ?? factor : factor;
    }

    /// <summary>A product or quotient with the units of both: 10 cm · 5 cm, 120 km / 2 h.</summary>
    private MathNode WithUnits(MathNode left, MathNode right, int power)
    {
        if (left.Kind != MathNodeKind.Quantity && right.Kind != MathNodeKind.Quantity) return Join(left, right);
        var value = Join(left.Unit is null ? left : left.Items[0], right.Unit is null ? right : right.Items[0]);
        return Quantity(value, (left.Unit ?? MathUnit.None).Times(right.Unit ?? MathUnit.None, power));

        MathNode Join(MathNode a, MathNode b) => power > 0 ? Multiply(a, b) : Make(MathNodeKind.Quotient, a, b);
    }

    private static bool IsCurrency(MathToken token) => token.Kind == MathTokenKind.Sign && token.Text is "$" or "€" or "£" or "¥" or "₹" or "¢";

    private MathUnit? TryTakeCurrency()
    {
        if (!IsCurrency(Current) || !MathUnits.TryGet(Current.Text, out var unit)) return null;
        _at++;
        return UnitOf(unit);
    }

    /// <summary>C or F behind a degree sign.</summary>
    private bool IsTemperature() => Current is { Kind: MathTokenKind.Letter, Text: "C" or "F" } && (Peek(-1).Is("circ") || Peek(-1).Is("deg") || (Peek(-1).Is("}") && Peek(-2).Is("circ")));

    /// <summary>A slash with a unit behind it belongs to the unit before it: 5 m/s.</summary>
    private bool IsUnitAfterSlash() => Peek(1) is { Kind: MathTokenKind.Word } word && !MathVocabulary.Functions.ContainsKey(word.Text) && !MathVocabulary.Numbers.ContainsKey(word.Text)
        || Peek(1) is { Kind: MathTokenKind.Letter, InText: true } letter && MathUnits.TryGet(letter.Text, out _);

    /// <summary>The unit behind a value, if one stands here. A word that says more than a unit makes the answer unreadable.</summary>
    private MathNode? TryUnit(MathNode value)
    {
        if (TryTakeCurrency() is { } currency) return Quantity(value, currency);
        // 6'' and 5'6''; 8' alone may be anything.
        var primes = !Current.Is("'") ? 0 : Peek(1).Is("'") ? 2 : Peek(1).Kind == MathTokenKind.Number && Peek(2).Is("'") && Peek(3).Is("'") ? 1 : 0;
        if (primes > 0 && value.Kind == MathNodeKind.Number && MathUnits.TryGet(primes == 2 ? "inch" : "foot", out var length))
        {
            _at += primes;
            return Quantity(value, UnitOf(length));
        }
        if (IsTemperature())
        {
            _at++;
            return Quantity(value, new MathUnit(Rational.One, Peek(-1).Text == "C" ? "celsius^1" : "fahrenheit^1", ""));
        }
        if (!IsUnitWord(Current) && !IsTime() && !(Current.Is("/") && IsUnitAfterSlash())) return null;
        var (known, words) = (MathUnit.None, "");
        var (sign, shape) = (1, 1);
        while (IsUnitWord(Current) || IsTime() || (Current.Is("/") && IsUnitAfterSlash()) || (Current.Is("*") && IsUnitWord(Peek(1))) || (Current.Is("-") && Current.InText && IsUnitWord(Peek(1))))
        {
            var token = Current;
            _at++;
            if (token.Is("/") || token.IsWord("per")) sign = -1;
            else if (token.Kind == MathTokenKind.Sign) continue;
            else if (MathVocabulary.NotUnits.Contains(token.Text)) return Fail();
            else if (token.IsWord("square") || token.IsWord("sq")) shape = 2;
            else if (token.IsWord("cubic") || token.IsWord("cu")) shape = 3;
            else if (MathUnits.TryGet(token.Text, out var unit))
            {
                // 25 degrees Celsius
                if (unit.Dimension == "degree^1" && (Current.IsWord("celsius") || Current.IsWord("fahrenheit"))) continue;
                known = known.Times(UnitOf(unit), shape * UnitExponent() * sign);
                shape = 1;
            }
            else
            {
                UnitExponent();
                words += " " + token.Text.ToLowerInvariant();
            }
            // Words count something; behind a symbol they are prose.
            if ((words.Length > 0 && !value.Any(n => n.Kind == MathNodeKind.Number)) || words.Length > 200 || known.Scale.Bits > 2000) return Fail();
        }
        known = known with { Words = words.Trim() };
        // $18 per day
        return value.Kind == MathNodeKind.Quantity ? Quantity(value.Items[0], value.Unit!.Times(known, 1)) : Quantity(value, known);
    }

    /// <summary>A fraction of units: \frac{\text{m}}{\text{s}^2}; null when it is one of anything else.</summary>
    private MathUnit? TryUnitFraction()
    {
        var start = _at++;
        if (TryUnitGroup() is { } above && TryUnitGroup() is { } below) return above.Times(below, -1);
        if (!_failed) _at = start;
        return null;
    }

    private MathUnit? TryUnitGroup()
    {
        if (!Take("{")) return null;
        var units = MathUnit.None;
        while (IsUnitWord(Current) && MathUnits.TryGet(Current.Text, out var unit))
        {
            _at++;
            units = units.Times(UnitOf(unit), UnitExponent());
            if (IsUnitWord(Peek(1))) Take("*");
        }
        return units.Dimension.Length > 0 && Take("}") ? units : null;
    }

    /// <summary>Parts in smaller units: 2 hours 30 minutes, 5 feet and 3 inches.</summary>
    private MathNode ParseSmallerUnits(MathNode quantity)
    {
        while (quantity is { Kind: MathNodeKind.Quantity, Unit: { Dimension.Length: > 0 } unit })
        {
            var start = _at;
            var joined = Current.Is("and") && Peek(1).Kind == MathTokenKind.Number;
            if (joined) _at++;
            if (Current.Kind != MathTokenKind.Number || ParsePower() is not { Kind: MathNodeKind.Number } number || TryUnit(number) is not { Unit: { } smaller }
                || smaller.Dimension != unit.Dimension || smaller.Scale.CompareTo(unit.Scale) >= 0)
            {
                if (!_failed) _at = start;
                return quantity;
            }
            var total = Make(MathNodeKind.Sum, quantity.Items[0], MathNode.Literal(number.Number * smaller.Scale / unit.Scale));
            quantity = Quantity(total, unit);
        }
        return quantity;
    }

    private static bool IsUnitWord(MathToken token) => token.Kind switch
    {
        MathTokenKind.Word => !token.IsWord("to") && !MathVocabulary.Functions.ContainsKey(token.Text) && token.Text is not ("infinity" or "reals" or "emptyset") && !MathVocabulary.Numbers.ContainsKey(token.Text),
        MathTokenKind.Letter => token.InText && MathUnits.TryGet(token.Text, out _),
        _ => false,
    };

    /// <summary>Minutes or seconds, not the functions of these names: nothing behind them is an argument.</summary>
    private bool IsTime() => (Current.IsWord("min") || Current.IsWord("sec")) && (Peek(1).Kind is MathTokenKind.End or MathTokenKind.Word || IsSeparator(Peek(1)) || Peek(1).Is("/") || Peek(1).Is("="));

    /// <summary>A power behind a unit: cm^2, cm^{3}.</summary>
    private int UnitExponent()
    {
        if (!Current.Is("^")) return 1;
        var at = Peek(1).Is("{") ? 2 : 1;
        var negative = Peek(at).Is("-");
        if (negative) at++;
        if (Peek(at) is not { Kind: MathTokenKind.Number, Text: "1" or "2" or "3" or "4" } digit || (Peek(1).Is("{") && !Peek(at + 1).Is("}")))
        {
            Fail();
            return 1;
        }
        _at += at + (Peek(1).Is("{") ? 2 : 1);
        return (negative ? -1 : 1) * (digit.Text[0] - '0');
    }
}
