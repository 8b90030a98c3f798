namespace KdRl.Rewards;

/// <summary>A quotient of two polynomials. Equality is decided by cross multiplication, so common factors may stay.</summary>
/// <param name="Numerator">Above the line.</param>
/// <param name="Denominator">Below the line; never 0.</param>
internal sealed record RationalFunction(Polynomial Numerator, Polynomial Denominator)
{
    public static RationalFunction Of(Polynomial polynomial) => new(polynomial, Polynomial.One);

    /// <summary>The value when it is a constant that shows as one.</summary>
    public Rational? AsConstant => Denominator.AsConstant is { } below && Numerator.AsConstant is { } above ? above / below : null;

    public static RationalFunction? Add(RationalFunction a, RationalFunction b, MathBudget budget)
    {
        if (!budget.Spend(1 + a.Numerator.Terms.Count + b.Numerator.Terms.Count)) return null;
        if (ReferenceEquals(a.Denominator, b.Denominator)) return new RationalFunction(a.Numerator + b.Numerator, a.Denominator);
        return Polynomial.Multiply(a.Numerator, b.Denominator, budget) is { } left && Polynomial.Multiply(b.Numerator, a.Denominator, budget) is { } right
            && Polynomial.Multiply(a.Denominator, b.Denominator, budget) is { } below
            ? Normalise(left + right, below)
            : null;
    }

    public RationalFunction Negate() => new(Numerator.Scale(-Rational.One), Denominator);

    public static RationalFunction? Multiply(RationalFunction a, RationalFunction b, MathBudget budget) =>
        Polynomial.Multiply(a.Numerator, b.Numerator, budget) is { } above
        && (ReferenceEquals(a.Denominator, Polynomial.One) && ReferenceEquals(b.Denominator, Polynomial.One)
            ? Polynomial.One
            : Polynomial.Multiply(a.Denominator, b.Denominator, budget)) is { } below
            ? Normalise(above, below)
            : null;

    /// <summary>The quotient; the caller excludes a divisor of 0.</summary>
    public static RationalFunction? Divide(RationalFunction a, RationalFunction b, MathBudget budget) =>
        Multiply(a, new RationalFunction(b.Denominator, b.Numerator), budget);

    /// <summary>A power with a non-negative exponent, by squaring.</summary>
    public static RationalFunction? Pow(RationalFunction value, int exponent, MathBudget budget)
    {
        var result = Of(Polynomial.One);
        for (var bit = 31; bit >= 0; bit--)
        {
            if (exponent >> (bit + 1) != 0 && bit < 31)
            {
                if (Multiply(result, result, budget) is not { } square) return null;
                result = square;
            }
            if ((exponent >> bit & 1) == 0) continue;
            if (Multiply(result, value, budget) is not { } product) return null;
            result = product;
        }
        return result;
    }

    /// <summary>Whether two are the same function; null when the budget does not suffice to say.</summary>
    public static bool? AreEqual(RationalFunction a, RationalFunction b, MathBudget budget) =>
        Polynomial.Multiply(a.Numerator, b.Denominator, budget) is { } left && Polynomial.Multiply(b.Numerator, a.Denominator, budget) is { } right
            ? (left - right).IsZero
            : null;

    /// <summary>Constant denominators go into the numerator, so that polynomials stay polynomials.</summary>
    private static RationalFunction Normalise(Polynomial above, Polynomial below) => below.AsConstant is { } constant
        ? new RationalFunction(constant == Rational.One ? above : above.Scale(Rational.One / constant), Polynomial.One)
        : new RationalFunction(above, below);

    public override string ToString() => $"({Numerator})/({Denominator})";
}
