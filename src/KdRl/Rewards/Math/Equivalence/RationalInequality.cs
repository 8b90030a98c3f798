using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Solves p(x)/q(x) &lt; 0 and its like: the sign between neighbouring roots of p and q is that at a point between them.</summary>
/// <remarks>
/// Roots are found where the polynomials have rational roots and at most one quadratic factor besides, which is what schools ask for. At a
/// root of q nothing holds.
/// </remarks>
internal static class RationalInequality
{
    private const int MaxDegree = 12;

    /// <summary>Coefficients beyond this are not searched for rational roots.</summary>
    private const int MaxCoefficient = 1_000_000;

    /// <summary>The solutions of f sign 0; null when the roots of f are not found or it has other variables.</summary>
    public static RealSet? Solve(RationalFunction f, int variable, string sign, MathBudget budget)
    {
        if (Coefficients(f.Numerator, variable) is not { } above || Coefficients(f.Denominator, variable) is not { } below) return null;
        if (Roots(above, budget) is not { } zeros || Roots(below, budget) is not { } poles) return null;
        RealEndpoint[] ends = [RealEndpoint.MinusInfinity, .. zeros.Concat(poles).Order(), RealEndpoint.PlusInfinity];
        var solutions = RealSet.Empty;
        for (var i = 0; i + 1 < ends.Length; i++)
        {
            if (!budget.Spend(10 + above.Length + below.Length)) return null;
            var point = RealEndpoint.Inside(ends[i], ends[i + 1]);
            if (Holds(Value(above, point).Sign * Value(below, point).Sign, sign)) solutions = RealSet.Union(solutions, RealSet.Between(ends[i], ends[i + 1], false, false));
        }
        foreach (var zero in zeros)
            if (Holds(0, sign)) solutions = RealSet.Union(solutions, RealSet.Between(zero, zero, true, true));
        foreach (var pole in poles) solutions = RealSet.Intersection(solutions, RealSet.Between(pole, pole, true, true).Complement());
        return solutions;
    }

    private static bool Holds(int value, string sign) => sign switch
    {
        "<" => value < 0,
        "<=" => value <= 0,
        ">" => value > 0,
        ">=" => value >= 0,
        "=" => value == 0,
        "!=" => value != 0,
        _ => false,
    };

    /// <summary>Whole coefficients by rising power, without a common denominator; null when there are other variables or they are too large.</summary>
    private static BigInteger[]? Coefficients(Polynomial polynomial, int variable)
    {
        var degree = polynomial.Degree(variable);
        if (degree > MaxDegree) return null;
        var scale = BigInteger.One;
        foreach (var (monomial, value) in polynomial.Terms)
        {
            if (monomial.Pairs.Length > 2 || (!monomial.IsOne && monomial.Pairs[0] != variable)) return null;
            scale *= value.Denominator / BigInteger.GreatestCommonDivisor(scale, value.Denominator);
            if (scale.GetBitLength() > 64) return null;
        }
        var coefficients = new BigInteger[degree + 1];
        foreach (var (monomial, value) in polynomial.Terms) coefficients[monomial.Degree(variable)] = (value * new Rational(scale)).Numerator;
        return coefficients;
    }

    /// <summary>All real roots, each once; null when they are not found.</summary>
    private static List<RealEndpoint>? Roots(BigInteger[] polynomial, MathBudget budget)
    {
        SortedSet<RealEndpoint> roots = [];
        var rest = polynomial;
        while (rest.Length > 1 && rest[0].IsZero)
        {
            roots.Add(RealEndpoint.At(Rational.Zero));
            rest = rest[1..];
        }
        while (rest.Length > 3)
        {
            if (RationalRoot(rest, budget) is not { } root) return null;
            roots.Add(RealEndpoint.At(root));
            rest = Divide(rest, root);
        }
        if (rest.Length == 2) roots.Add(RealEndpoint.At(new Rational(-rest[0], rest[1])));
        else if (rest.Length == 3) AddQuadratic(roots, rest);
        return [.. roots];
    }

    private static void AddQuadratic(SortedSet<RealEndpoint> roots, BigInteger[] polynomial)
    {
        var (c, b, a) = (polynomial[0], polynomial[1], polynomial[2]);
        var discriminant = b * b - 4 * a * c;
        if (discriminant.Sign < 0) return;
        var root = BigFloat.Sqrt(new BigFloat(discriminant, 0));
        var whole = root.Round();
        foreach (var sign in (int[])[-1, 1])
            roots.Add(whole * whole == discriminant
                ? RealEndpoint.At(new Rational(-b + sign * whole, 2 * a))
                : RealEndpoint.At((new BigFloat(-b, 0) + (sign < 0 ? -root : root)) / new BigFloat(2 * a, 0)));
    }

    /// <summary>A root p/q: p divides the first coefficient and q the last one.</summary>
    private static Rational? RationalRoot(BigInteger[] polynomial, MathBudget budget)
    {
        if (BigInteger.Abs(polynomial[0]) > MaxCoefficient || BigInteger.Abs(polynomial[^1]) > MaxCoefficient) return null;
        foreach (var q in Divisors((int)BigInteger.Abs(polynomial[^1])))
            foreach (var p in Divisors((int)BigInteger.Abs(polynomial[0])))
                foreach (var sign in (int[])[1, -1])
                {
                    if (!budget.Spend(polynomial.Length)) return null;
                    var root = new Rational(sign * p, q);
                    if (Value(polynomial, root).IsZero) return root;
                }
        return null;
    }

    private static IEnumerable<int> Divisors(int number) => Enumerable.Range(1, (int)Math.Sqrt(number)).Where(d => number % d == 0).SelectMany(d => new[] { d, number / d });

    private static Rational Value(BigInteger[] polynomial, Rational x)
    {
        var value = Rational.Zero;
        for (var i = polynomial.Length - 1; i >= 0; i--) value = value * x + new Rational(polynomial[i]);
        return value;
    }

    /// <summary>The quotient by (x - root), with whole coefficients again.</summary>
    private static BigInteger[] Divide(BigInteger[] polynomial, Rational root)
    {
        // Horner's scheme; p(x) / (qx - p) has whole coefficients by Gauss's lemma.
        var quotient = new BigInteger[polynomial.Length - 1];
        var carry = Rational.Zero;
        for (var i = polynomial.Length - 1; i > 0; i--)
        {
            carry = carry * root + new Rational(polynomial[i]);
            quotient[i - 1] = (carry / new Rational(root.Denominator)).Numerator;
        }
        return quotient;
    }
}
