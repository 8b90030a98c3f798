namespace KdRl.Rewards;

/// <summary>Evaluates expressions at a point, in 256-bit complex arithmetic.</summary>
/// <param name="scope">Budget and options.</param>
/// <param name="isReal">Nothing has a value whose parts are not all real: √x·√y at -1 and -1.</param>
internal sealed class MathEvaluator(MathScope scope, bool isReal = false)
{
    /// <summary>Largest argument of a factorial or binomial.</summary>
    private const int MaxCount = 170;

    /// <summary>Values of the free symbols.</summary>
    public Dictionary<string, BigComplex> Point { get; } = [];

    /// <summary>A sum lost a term below its last digits: the value is right, but no longer tells such sums apart.</summary>
    public bool HasAbsorbed { get; private set; }

    /// <summary>Terms of a sum cancelled to less than half of their digits: the value may be all rounding.</summary>
    public bool HasCancelled { get; private set; }

    /// <summary>Whether a function has values, not only a name.</summary>
    public static bool Knows(string name) => name is "mixed" or "factorial" or "binom" or "root" or "log10" || MathVocabulary.Functions.ContainsKey(name) || (name.Length > 3 && name[0] == 'a' && MathVocabulary.Functions.ContainsKey(name[1..]));

    /// <summary>The value; null when it is undefined, unknown or out of range.</summary>
    public BigComplex? Of(MathNode node, bool inAngle = false)
    {
        var cost = node.Kind is MathNodeKind.Function or MathNodeKind.Power ? 40 : 2;
        if (!scope.Budget.Spend(cost)) return null;
        var value = ValueOf(node, inAngle);
        return isReal && value is { IsReal: false } ? null : value;
    }

    private BigComplex? ValueOf(MathNode node, bool inAngle)
    {
        return node.Kind switch
        {
            MathNodeKind.Number or MathNodeKind.BaseNumber => BigComplex.Of(node.Number),
            MathNodeKind.Symbol => Point.TryGetValue(node.Name, out var known) ? known : null,
            MathNodeKind.Constant => node.Name switch { "pi" => BigComplex.Of(BigElementary.Pi), "e" => BigComplex.Of(BigElementary.E), "i" => BigComplex.I, _ => (BigComplex?)null },
            MathNodeKind.Negate => -Of(node.Items[0], inAngle),
            MathNodeKind.Percent => Of(node.Items[0]) * BigComplex.Of(new Rational(1, 100)),
            MathNodeKind.Degree => inAngle ? Of(node.Items[0]) * BigComplex.Of(BigElementary.Pi / BigFloat.Of(new Rational(180))) : Of(node.Items[0]),
            MathNodeKind.Sum => Sum(node.Items, inAngle),
            MathNodeKind.Product => Product(node.Items, inAngle),
            MathNodeKind.Quotient => Of(node.Items[0], inAngle) is { } above && Of(node.Items[1], inAngle) is { } below ? Divide(above, below) : null,
            MathNodeKind.Power => Power(node),
            MathNodeKind.Function => Function(node, inAngle),
            _ => null,
        };
    }

    private BigComplex? Sum(MathNode[] items, bool inAngle)
    {
        var total = BigComplex.Zero;
        var (highestRe, highestIm) = (BigFloat.Zero.Magnitude, BigFloat.Zero.Magnitude);
        foreach (var item in items)
        {
            if (Of(item, inAngle) is not { } value) return null;
            if (!total.IsZero && !value.IsZero && Math.Abs(total.Magnitude - value.Magnitude) > 90) HasAbsorbed = true;
            total += value;
            (highestRe, highestIm) = (Math.Max(highestRe, value.Re.Magnitude), Math.Max(highestIm, value.Im.Magnitude));
        }
        HasCancelled |= total.Magnitude < Math.Max(highestRe, highestIm) - BigFloat.Precision / 2;
        return new BigComplex(WithoutNoise(total.Re, highestRe), WithoutNoise(total.Im, highestIm));
    }

    /// <summary>0 for what is left when terms cancel to their last digits.</summary>
    private static BigFloat WithoutNoise(BigFloat sum, long highest) => sum.Magnitude < highest - 200 ? BigFloat.Zero : sum;

    private BigComplex? Product(MathNode[] items, bool inAngle)
    {
        var total = BigComplex.One;
        foreach (var item in items)
        {
            if (Of(item, inAngle) is not { } value) return null;
            total *= value;
        }
        return total;
    }

    private BigComplex? Divide(BigComplex above, BigComplex below)
    {
        if (below.IsZero) scope.Undefined();
        return BigComplex.Divide(above, below);
    }

    private BigComplex? Power(MathNode node)
    {
        if (Of(node.Items[0]) is not { } value) return null;
        if (ExactValue.Of(node.Items[1], scope) is { } exact)
        {
            if (exact.IsInteger && exact.Bits < 40) return BigComplex.Pow(value, (long)exact.Numerator);
            if (!exact.IsInteger && exact.Denominator <= 64 && value.IsReal) return RealRoot(value, (int)exact.Denominator) is { } root && exact.Numerator.GetBitLength() < 40 ? BigComplex.Pow(root, (long)exact.Numerator) : null;
        }
        return Of(node.Items[1]) is { } exponent ? BigComplex.Pow(value, exponent) : null;
    }

    /// <summary>Odd roots of negative numbers are negative, as schools teach it; even ones are principal.</summary>
    private static BigComplex? RealRoot(BigComplex value, int degree)
    {
        if (value.IsZero) return BigComplex.Zero;
        if (degree == 2) return BigComplex.Sqrt(value);
        if (!value.IsReal || (value.Re.Sign < 0 && degree % 2 == 0)) return BigComplex.Pow(value, BigComplex.Of(new Rational(1, degree)));
        return BigComplex.Pow(BigComplex.Of(BigFloat.Abs(value.Re)), BigComplex.Of(new Rational(1, degree))) is { } root ? (value.Re.Sign < 0 ? -root : root) : null;
    }

    private BigComplex? Function(MathNode node, bool inAngle)
    {
        if (node.Name == "mixed") return Sum(node.Items, false);
        if (node.Items.Length == 0 || !Knows(node.Name)) return null;
        var isAngle = node.Name is "sin" or "cos" or "tan" or "cot" or "sec" or "csc" or "cis";
        if (Of(node.Items[0], isAngle || inAngle) is not { } x) return null;
        if (node.Items.Length == 2 && node.Name is "root" or "log" or "binom")
        {
            if (Of(node.Items[1]) is not { } y) return null;
            return node.Name switch
            {
                "root" => ExactValue.Of(node.Items[1], scope) is { IsInteger: true } n && n.Sign > 0 && n.Numerator <= 64 ? RealRoot(x, (int)n.Numerator) : BigComplex.Pow(x, BigComplex.Divide(BigComplex.One, y) ?? BigComplex.Zero),
                "log" => Ratio(BigComplex.Ln(x), BigComplex.Ln(y)),
                _ => Binomial(x, y),
            };
        }
        if (node.Items.Length != 1) return null;
        return node.Name switch
        {
            "factorial" => Count(x) is { } n ? BigComplex.Of(new Rational(IntegerProduct.Of(2, n))) : null,
            "sqrt" => BigComplex.Sqrt(x),
            "cbrt" => RealRoot(x, 3),
            "fourthroot" => RealRoot(x, 4),
            "abs" => BigComplex.Of(BigComplex.Abs(x)),
            "exp" => BigComplex.Exp(x),
            "ln" => BigComplex.Ln(x),
            "log" when scope.NaturalLog => BigComplex.Ln(x),
            "log" or "log10" => Ratio(BigComplex.Ln(x), BigComplex.Ln(BigComplex.Of(new Rational(10)))),
            _ => BigTrigonometry.Of(node.Name, x),
        };
    }

    private static BigComplex? Binomial(BigComplex n, BigComplex k) =>
        Count(n) is { } all && Count(k) is { } chosen && chosen <= all ? BigComplex.Of(new Rational(IntegerProduct.Of(all - chosen + 1, all), IntegerProduct.Of(2, chosen))) : null;

    /// <summary>A whole number that things can be counted with.</summary>
    private static int? Count(BigComplex x) => x.IsReal && x.Re.Sign >= 0 && x.Re.CompareTo(BigFloat.Of(new Rational(MaxCount))) <= 0 && (x.Re - new BigFloat(x.Re.Round(), 0)).IsZero ? (int)x.Re.Round() : null;

    private static BigComplex? Ratio(BigComplex? a, BigComplex? b) => a is { } above && b is { } below ? BigComplex.Divide(above, below) : null;
}
