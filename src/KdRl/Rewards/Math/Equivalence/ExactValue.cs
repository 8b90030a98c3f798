using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Exact values of expressions of integers: arithmetic, powers, roots that come out even, small functions of integers.</summary>
internal static class ExactValue
{
    /// <summary>The rational value; null when it has none that is found here. Division by 0 is noted in <paramref name="scope"/>.</summary>
    public static Rational? Of(MathNode node, MathScope scope)
    {
        if (!scope.Budget.Spend(1)) return null;
        switch (node.Kind)
        {
            case MathNodeKind.Number or MathNodeKind.BaseNumber: return node.Number;
            case MathNodeKind.Negate: return -Of(node.Items[0], scope);
            case MathNodeKind.Percent: return Of(node.Items[0], scope) * new Rational(1, 100);
            case MathNodeKind.Degree: return Of(node.Items[0], scope);
            case MathNodeKind.Sum: return Fold(node, scope, (a, b) => a + b);
            case MathNodeKind.Product: return Fold(node, scope, (a, b) => a * b);
            case MathNodeKind.Quotient: return Of(node.Items[1], scope) is { } below && Of(node.Items[0], scope) is { } above ? Divide(above, below, scope) : null;
            case MathNodeKind.Power: return Of(node.Items[0], scope) is { } value && Of(node.Items[1], scope) is { } exponent ? Pow(value, exponent, scope) : null;
            case MathNodeKind.Function: return Function(node, scope);
            default: return null;
        }
    }

    /// <summary>An integer power or an exact root; null when it is irrational, too large or undefined.</summary>
    public static Rational? Pow(Rational value, Rational exponent, MathScope scope)
    {
        if (value.IsZero && exponent.Sign <= 0) return scope.Undefined();
        if (!exponent.IsInteger)
            return exponent.Denominator <= 64 && Root(value, (int)exponent.Denominator, scope) is { } root ? Pow(root, new Rational(exponent.Numerator), scope) : null;
        if (value == Rational.One || value.IsZero) return value;
        if (BigInteger.Abs(exponent.Numerator) > MathBudget.MaxExponent) return value == -Rational.One ? new Rational(exponent.Numerator.IsEven ? 1 : -1) : null;
        var power = (int)exponent.Numerator;
        return value.Bits * Math.Abs(power) <= MathBudget.MaxBits && scope.Budget.Spend(value.Bits * Math.Abs(power) / 64) ? Rational.Pow(value, power) : null;
    }

    /// <summary>The root of a perfect power; of a negative number for odd degrees.</summary>
    public static Rational? Root(Rational value, int degree, MathScope scope)
    {
        if (degree < 1 || value.Bits > 4096 || (value.Sign < 0 && degree % 2 == 0) || !scope.Budget.Spend(20 + value.Bits / 8)) return null;
        var (above, below) = (IntegerRoot(BigInteger.Abs(value.Numerator), degree), IntegerRoot(value.Denominator, degree));
        return above is { } a && below is { } b ? new Rational(value.Sign < 0 ? -a : a, b) : null;
    }

    private static BigInteger? IntegerRoot(BigInteger value, int degree)
    {
        if (value <= 1) return value;
        // Newton's iteration from above.
        var root = BigInteger.One << (int)(value.GetBitLength() / degree + 1);
        while (true)
        {
            var next = ((degree - 1) * root + value / BigInteger.Pow(root, degree - 1)) / degree;
            if (next >= root) break;
            root = next;
        }
        return BigInteger.Pow(root, degree) == value ? root : null;
    }

    private static Rational? Fold(MathNode node, MathScope scope, Func<Rational, Rational, Rational> combine)
    {
        Rational? total = null;
        foreach (var item in node.Items)
        {
            if (Of(item, scope) is not { } value) return null;
            if (total is { } sum && (sum.Bits + value.Bits > MathBudget.MaxBits || !scope.Budget.Spend((sum.Bits + value.Bits) / 256))) return null;
            total = total is null ? value : combine(total.Value, value);
        }
        return total;
    }

    private static Rational? Divide(Rational a, Rational b, MathScope scope) => b.IsZero ? scope.Undefined() : a.Bits + b.Bits <= MathBudget.MaxBits ? a / b : null;

    private static Rational? Function(MathNode node, MathScope scope)
    {
        var arguments = new Rational[node.Items.Length];
        if (!IsExact(node.Name)) return null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (Of(node.Items[i], scope) is not { } value) return null;
            arguments[i] = value;
        }
        switch (node.Name, arguments)
        {
            case ("mixed", [var whole, var part]): return whole + part;
            case ("abs", [var x]): return Rational.Abs(x);
            case ("floor", [var x]): return new Rational(x.Floor());
            case ("ceil", [var x]): return new Rational(-(-x).Floor());
            case ("sgn", [var x]): return new Rational(x.Sign);
            case ("sqrt", [var x]): return Root(x, 2, scope);
            case ("cbrt", [var x]): return Root(x, 3, scope);
            case ("fourthroot", [var x]): return Root(x, 4, scope);
            case ("root", [var x, { IsInteger: true } n]) when n.Sign > 0 && n.Numerator <= 64: return Root(x, (int)n.Numerator, scope);
            case ("factorial", [{ IsInteger: true } n]): return Factorial(n.Numerator, scope);
            case ("binom", [{ IsInteger: true } n, { IsInteger: true } k]): return Binomial(n.Numerator, k.Numerator, scope);
            case ("max", [_, ..]): return arguments.Max();
            case ("min", [_, ..]): return arguments.Min();
            case ("gcd", [_, ..]) when arguments.All(a => a.IsInteger): return new Rational(arguments.Aggregate(BigInteger.Zero, (g, a) => BigInteger.GreatestCommonDivisor(g, a.Numerator)));
            case ("lcm", [{ IsInteger: true, IsZero: false } a, { IsInteger: true, IsZero: false } b]):
                return new Rational(BigInteger.Abs(a.Numerator * b.Numerator) / BigInteger.GreatestCommonDivisor(a.Numerator, b.Numerator));
            default: return null;
        }
    }

    private static bool IsExact(string name) => name is "mixed" or "abs" or "floor" or "ceil" or "sgn" or "sqrt" or "cbrt" or "fourthroot" or "root" or "factorial" or
        "binom" or "max" or "min" or "gcd" or "lcm";

    private static Rational? Factorial(BigInteger n, MathScope scope)
    {
        if (n.Sign < 0) return scope.Undefined();
        if (n > MathBudget.MaxFactorial || !scope.Budget.Spend((long)n * (long)n / 256)) return null;
        return new Rational(IntegerProduct.Of(2, (int)n));
    }

    private static Rational? Binomial(BigInteger n, BigInteger k, MathScope scope)
    {
        if (n.Sign < 0 || k.Sign < 0) return null;
        if (k > n) return Rational.Zero;
        k = BigInteger.Min(k, n - k);
        if (n > MathBudget.MaxExponent || k > MathBudget.MaxFactorial || !scope.Budget.Spend((long)k * ((long)k + 16) / 16)) return null;
        return new Rational(IntegerProduct.Of((int)(n - k) + 1, (int)n) / IntegerProduct.Of(2, (int)k));
    }
}
