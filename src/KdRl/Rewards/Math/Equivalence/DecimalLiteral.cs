using System.Numerics;

namespace KdRl.Rewards;

/// <summary>A value written as a decimal, which stands for everything that rounds to it.</summary>
/// <param name="Value">The written value.</param>
/// <param name="Places">Digits behind the point; negative for 1.5 · 10^6.</param>
internal readonly record struct DecimalLiteral(Rational Value, int Places)
{
    /// <summary>A decimal, with a sign, percent sign or power of ten perhaps; null for everything else, integers and fractions included.</summary>
    public static DecimalLiteral? Of(MathNode node)
    {
        switch (node.Kind)
        {
            case MathNodeKind.Number: return node.Digits == MathNode.Exact ? null : new DecimalLiteral(node.Number, node.Digits);
            case MathNodeKind.Negate: return Of(node.Items[0]) is { } positive ? positive with { Value = -positive.Value } : null;
            case MathNodeKind.Degree: return Of(node.Items[0]);
            case MathNodeKind.Percent: return Of(node.Items[0])?.Shift(-2);
            case MathNodeKind.Product when node.Items is [var factor, var power] && PowerOfTen(power) is { } exponent: return Of(factor)?.Shift(exponent);
            default: return null;
        }
    }

    /// <summary>Whether the exact value rounds to this one, with half up or half to even, at its number of places.</summary>
    public bool IsRoundingOf(Rational exact) => Rational.Abs(exact - Value).CompareTo(HalfUnit) <= 0;

    /// <summary>The same for a value that is known to 50 digits.</summary>
    public bool IsRoundingOf(BigFloat exact) => BigFloat.Abs(exact - BigFloat.Of(Value)).CompareTo(BigFloat.Of(HalfUnit)) <= 0;

    private Rational HalfUnit => Rational.PowerOfTen(-Places) * new Rational(1, 2);

    private DecimalLiteral Shift(int exponent) => new(Value * Rational.PowerOfTen(exponent), Places - exponent);

    private static int? PowerOfTen(MathNode node)
    {
        if (node is not { Kind: MathNodeKind.Power, Items: [{ Kind: MathNodeKind.Number } radix, { IsLiteral: true } exponent] } || radix.Number != new Rational(10)) return null;
        var value = exponent.Kind == MathNodeKind.Negate ? -exponent.Items[0].Number : exponent.Number;
        return value.IsInteger && BigInteger.Abs(value.Numerator) <= MathBudget.MaxExponent ? (int)value.Numerator : null;
    }
}
