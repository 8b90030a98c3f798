namespace KdRl.Rewards;

/// <summary>Circular and hyperbolic functions and their inverses.</summary>
internal static class BigTrigonometry
{
    private static readonly BigComplex Half = BigComplex.Of(new Rational(1, 2));

    private static BigComplex QuarterTurn => BigComplex.Of(BigElementary.Pi.Scale(-1));

    /// <summary>The value of a function; null when it is undefined or unknown.</summary>
    public static BigComplex? Of(string name, BigComplex x) => name switch
    {
        "sin" => BigComplex.SinCos(x)?.Sin,
        "cos" => BigComplex.SinCos(x)?.Cos,
        "cis" => BigComplex.SinCos(x) is { } t ? t.Cos + BigComplex.I * t.Sin : null,
        "tan" => BigComplex.SinCos(x) is { } t ? BigComplex.Divide(t.Sin, t.Cos) : null,
        "cot" => BigComplex.SinCos(x) is { } t ? BigComplex.Divide(t.Cos, t.Sin) : null,
        "sec" => BigComplex.SinCos(x) is { } t ? BigComplex.Divide(BigComplex.One, t.Cos) : null,
        "csc" => BigComplex.SinCos(x) is { } t ? BigComplex.Divide(BigComplex.One, t.Sin) : null,
        "sinh" => Exponentials(x) is { } e ? (e.Plus - e.Minus) * Half : null,
        "cosh" => Exponentials(x) is { } e ? (e.Plus + e.Minus) * Half : null,
        "tanh" => Exponentials(x) is { } e ? BigComplex.Divide(e.Plus - e.Minus, e.Plus + e.Minus) : null,
        "coth" => Exponentials(x) is { } e ? BigComplex.Divide(e.Plus + e.Minus, e.Plus - e.Minus) : null,
        "sech" => Exponentials(x) is { } e ? BigComplex.Divide(BigComplex.Of(new Rational(2)), e.Plus + e.Minus) : null,
        "csch" => Exponentials(x) is { } e ? BigComplex.Divide(BigComplex.Of(new Rational(2)), e.Plus - e.Minus) : null,
        _ => x.IsReal ? Inverse(name, x.Re) : null,
    };

    private static (BigComplex Plus, BigComplex Minus)? Exponentials(BigComplex x) =>
        BigComplex.Exp(x) is { } plus && BigComplex.Exp(-x) is { } minus ? (plus, minus) : null;


    private static BigComplex? Inverse(string name, BigFloat x) => name switch
    {
        "asin" => Asin(x),
        "acos" => QuarterTurn - Asin(x),
        "atan" => BigElementary.Atan(x) is { } y ? BigComplex.Of(y) : null,
        "acot" => BigElementary.Atan(x) is { } y ? QuarterTurn - BigComplex.Of(y) : null,
        "asec" => x.IsZero ? null : QuarterTurn - Asin(BigFloat.One / x),
        "acsc" => x.IsZero ? null : Asin(BigFloat.One / x),
        "asinh" => BigComplex.Ln(BigComplex.Of(x + BigFloat.Sqrt(x * x + BigFloat.One))),
        "acosh" => x < BigFloat.One ? null : BigComplex.Ln(BigComplex.Of(x + BigFloat.Sqrt(x * x - BigFloat.One))),
        "atanh" => BigFloat.Abs(x) < BigFloat.One ? BigComplex.Ln(BigComplex.Of((BigFloat.One + x) / (BigFloat.One - x))) * Half : null,
        _ => null,
    };

    private static BigComplex? Asin(BigFloat x)
    {
        var cosine = BigFloat.One - x * x;
        if (cosine.Sign < 0) return null;
        return BigElementary.Atan2(x, BigFloat.Sqrt(cosine)) is { } angle ? BigComplex.Of(angle) : null;
    }
}
