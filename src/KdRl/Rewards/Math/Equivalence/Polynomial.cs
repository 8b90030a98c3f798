namespace KdRl.Rewards;

/// <summary>A polynomial in several variables with rational coefficients: its expanded form, so that equal ones have equal terms.</summary>
internal sealed class Polynomial
{
    private readonly Dictionary<Monomial, Rational> _terms;

    private Polynomial(Dictionary<Monomial, Rational> terms) => _terms = terms;

    public static Polynomial One { get; } = Constant(Rational.One);

    /// <summary>Terms with a coefficient other than 0.</summary>
    public IReadOnlyDictionary<Monomial, Rational> Terms => _terms;

    public bool IsZero => _terms.Count == 0;

    /// <summary>The value of a polynomial without variables; null when it has some.</summary>
    public Rational? AsConstant => _terms.Count == 0 ? Rational.Zero : _terms.Count == 1 && _terms.TryGetValue(Monomial.One, out var value) ? value : null;

    public static Polynomial Constant(Rational value) => new(value.IsZero ? [] : new Dictionary<Monomial, Rational> { [Monomial.One] = value });

    public static Polynomial Variable(int index) => new(new Dictionary<Monomial, Rational> { [Monomial.Variable(index)] = Rational.One });

    /// <summary>The coefficient of a product of powers.</summary>
    public Rational Coefficient(Monomial monomial) => _terms.GetValueOrDefault(monomial, Rational.Zero);

    public static Polynomial operator +(Polynomial a, Polynomial b)
    {
        var terms = new Dictionary<Monomial, Rational>(a._terms);
        foreach (var (monomial, coefficient) in b._terms) Accumulate(terms, monomial, coefficient);
        return new Polynomial(terms);
    }

    public static Polynomial operator -(Polynomial a, Polynomial b) => a + b.Scale(-Rational.One);

    public Polynomial Scale(Rational factor) =>
        factor.IsZero ? Constant(Rational.Zero) : new Polynomial(_terms.ToDictionary(t => t.Key, t => t.Value * factor));

    /// <summary>The product; null when it would exceed the budget.</summary>
    public static Polynomial? Multiply(Polynomial a, Polynomial b, MathBudget budget)
    {
        var terms = new Dictionary<Monomial, Rational>();
        foreach (var (m, c) in a._terms)
            foreach (var (n, d) in b._terms)
            {
                if (!budget.Spend(2 + (c.Bits + d.Bits) / 256) || c.Bits + d.Bits > MathBudget.MaxBits) return null;
                Accumulate(terms, m * n, c * d);
            }
        return new Polynomial(terms);
    }

    /// <summary>Whether one is the other times a constant, and that constant's sign; null when it is not.</summary>
    public static int? ProportionSign(Polynomial a, Polynomial b)
    {
        if (a._terms.Count != b._terms.Count || a.IsZero) return null;
        var (first, coefficient) = a._terms.First();
        if (!b._terms.TryGetValue(first, out var other)) return null;
        foreach (var (monomial, value) in a._terms)
            if (!b._terms.TryGetValue(monomial, out var match) || value * other != match * coefficient) return null;
        return coefficient.Sign * other.Sign;
    }

    /// <summary>The highest power of a variable.</summary>
    public int Degree(int variable) => _terms.Keys.Select(m => m.Degree(variable)).DefaultIfEmpty().Max();

    /// <summary>The terms in a fixed order: equal polynomials have equal text.</summary>
    public override string ToString() => string.Join('+', _terms.Select(t => $"{t.Value}[{t.Key}]").Order(StringComparer.Ordinal));

    private static void Accumulate(Dictionary<Monomial, Rational> terms, Monomial monomial, Rational coefficient)
    {
        var sum = terms.GetValueOrDefault(monomial, Rational.Zero) + coefficient;
        if (sum.IsZero) terms.Remove(monomial);
        else terms[monomial] = sum;
    }
}
