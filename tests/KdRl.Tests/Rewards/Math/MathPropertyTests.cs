using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards;

/// <summary>Algebra behind the verdicts.</summary>
public class MathPropertyTests
{
    [Property]
    public bool Verify_FractionInAnyForm_EqualsItself(int numerator, PositiveInt denominator, PositiveInt factor)
    {
        var (a, b, k) = ((BigInteger)numerator, (BigInteger)denominator.Get, (BigInteger)factor.Get);

        return IsCorrect($@"\frac{{{a}}}{{{b}}}", $@"\frac{{{a * k}}}{{{b * k}}}") && IsCorrect($"{a}/{b}", $@"\dfrac{{{-a}}}{{{-b}}}");
    }

    [Property]
    public bool Verify_DifferentFractions_AreDifferent(int a, PositiveInt b, int c, PositiveInt d) =>
        IsCorrect($"{a}/{b.Get}", $@"\frac{{{c}}}{{{d.Get}}}") == ((long)a * d.Get == (long)c * b.Get);

    [Property]
    public bool Verify_MixedNumber_IsTheSum(PositiveInt whole, PositiveInt part, PositiveInt rest)
    {
        var (top, bottom) = (part.Get, part.Get + rest.Get);

        return IsCorrect($@"\frac{{{(long)whole.Get * bottom + top}}}{{{bottom}}}", $@"{whole.Get}\frac{{{top}}}{{{bottom}}}") && IsCorrect($"-{(long)whole.Get * bottom + top}/{bottom}", $"-{whole.Get} {top}/{bottom}");
    }

    [Property]
    public bool Verify_RoundedDecimal_AnswersAnExactFraction(int a, PositiveInt b, byte places)
    {
        var digits = 4 + places % 5;
        var exact = (decimal)a / b.Get;
        var rounded = Math.Round(exact, digits);
        if (Math.Abs(rounded) < 1) return true;

        return IsCorrect($"{a}/{b.Get}", rounded.ToString("F" + digits, CultureInfo.InvariantCulture))
            && !IsCorrect($"{a}/{b.Get}", (rounded + 2 * Digit(digits)).ToString("F" + digits, CultureInfo.InvariantCulture));
    }

    [Property]
    public bool Verify_ExpandedProduct_EqualsTheFactors(sbyte a, sbyte b, sbyte c)
    {
        var (sum, pairs, product) = (-(a + b + c), a * b + b * c + c * a, -a * b * c);

        return IsCorrect($"(x-({a}))(x-({b}))(x-({c}))", $"x^3+({sum})x^2+({pairs})x+({product})")
            && !IsCorrect($"(x-({a}))(x-({b}))(x-({c}))", $"x^3+({sum})x^2+({pairs})x+({product + 1})");
    }

    [Property]
    public bool Verify_PermutedSet_EqualsTheSet(NonEmptyArray<int> members, int seed)
    {
        var distinct = members.Get.Distinct().ToArray();
        var shuffled = (int[])distinct.Clone();
        new Random(seed).Shuffle(shuffled);

        return IsCorrect($@"\{{{string.Join(",", distinct)}\}}", $@"\{{{string.Join(", ", shuffled)}\}}") && !IsCorrect($@"\{{{string.Join(", ", distinct)}, 7.5\}}", $@"\{{{string.Join(", ", shuffled)}\}}");
    }

    [Property]
    public bool Verify_IntervalAndInequality_AgreeOnEveryEnd(int low, PositiveInt length, bool includesLow, bool includesHigh)
    {
        var high = (long)low + length.Get;
        var interval = $"{(includesLow ? '[' : '(')}{low},{high}{(includesHigh ? ']' : ')')}";

        return IsCorrect(interval, $@"{low} {(includesLow ? @"\le" : "<")} x {(includesHigh ? @"\le" : "<")} {high}") && !IsCorrect(interval, $@"{low} {(includesLow ? "<" : @"\le")} x {(includesHigh ? @"\le" : "<")} {high}");
    }

    [Property]
    public bool RealSet_UnionIntersectionComplement_ObeyDeMorgan((int, byte)[] first, (int, byte)[] second)
    {
        var (a, b) = (Set(first), Set(second));

        return RealSet.Union(a, b).Complement().IsSame(RealSet.Intersection(a.Complement(), b.Complement()))
            && a.Complement().Complement().IsSame(a)
            && RealSet.Union(a, a.Complement()).IsSame(RealSet.All)
            && RealSet.Intersection(a, a.Complement()).IsEmpty;
    }

    [Property]
    public bool Verify_FactoredInequality_EqualsItsSolutions(sbyte a, sbyte b, bool isStrict)
    {
        var (low, high) = (Math.Min((int)a, b), Math.Max((int)a, b));
        var sign = isStrict ? "<" : @"\le";
        var solutions = low == high ? (isStrict ? @"\emptyset" : $@"\{{{low}\}}") : isStrict ? $"({low},{high})" : $"[{low},{high}]";
        var expanded = $"x^2+({-(low + high)})x+({low * high}) {sign} 0";

        return IsCorrect(expanded, solutions) && IsCorrect($"(x-({a}))(x-({b})) {sign} 0", solutions) && !IsCorrect(solutions, expanded)
            && MathVerifier.Verify(solutions, $@"\boxed{{{expanded}}}", MathVerifierOptions.Lenient).IsCorrect;
    }

    /// <summary>At every point the solutions hold what the function's own sign there says.</summary>
    [Property]
    public bool RationalInequality_Solutions_HoldWhereTheFunctionDoes(sbyte[] zeros, sbyte[] poles, sbyte square, sbyte point)
    {
        (zeros, poles, square) = ([.. zeros.Take(4).Select(z => (sbyte)(z % 10))], [.. poles.Take(4).Select(p => (sbyte)(p % 10))], (sbyte)(square % 8));
        var x = MathNode.Symbol("x");
        MathNode Factor(sbyte root) => MathNode.Of(MathNodeKind.Sum, x, MathNode.Literal(new Rational(-root)));
        // x² - s² - 2 has roots that are not rational.
        var quadratic = MathNode.Of(MathNodeKind.Sum, MathNode.Of(MathNodeKind.Product, x, x), MathNode.Literal(new Rational(-square * square - 2)));
        var function = MathNode.Of(MathNodeKind.Quotient, MathNode.Of(MathNodeKind.Product, [quadratic, .. zeros.Select(Factor)]), MathNode.Of(MathNodeKind.Product, [MathNode.Literal(Rational.One), .. poles.Select(Factor)]));
        var scope = new MathScope(MathVerifierOptions.Lenient, new MathBudget(500, 64), 1);
        var forms = new NormalForm(scope);
        var index = forms.Variable("x");
        if (RationalInequality.Solve(forms.Of(function)!, index, ">", scope.Budget) is not { } solutions) return false;
        var value = zeros.Aggregate((BigInteger)(point * point - square * square - 2), (p, r) => p * (point - r)).Sign * poles.Aggregate(BigInteger.One, (p, r) => p * (point - r)).Sign;
        var at = RealEndpoint.At(new Rational(point));

        return RealSet.Intersection(solutions, RealSet.Between(at, at, true, true)).IsEmpty == (value <= 0);
    }

    /// <summary>Also where the budget or the points run out: both directions take the same steps to the same verdict.</summary>
    [Theory]
    [InlineData(@"\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{\sqrt{1}}}}}}}}}}}}}}}}}}}}}}}}}}}^x^{x^{x^{x}}}", "1")]
    [InlineData(@"(x+y+z)^{40}", @"(z+y+x)^{41}")]
    [InlineData(@"\ln(x^x)", @"x\ln x")]
    [InlineData(@"\frac{1}{\sqrt{x-30}}", @"\sqrt{x}+\sin(x^{99})")]
    [InlineData(@"\sqrt{2}^{9999}", "2^{4999}")]
    [InlineData(@"\sin^2 x+y=2", @"2y-2\cos^2 x=2")]
    [InlineData("9999!", @"\binom{10000}{5000}")]
    public void Verify_SidesSwapped_TakesTheSameSteps(string a, string b)
    {
        var (there, back) = (new MathVerification(MathVerifierOptions.Lenient), new MathVerification(MathVerifierOptions.Lenient));

        Assert.Equal(there.Run(a, $@"\boxed{{{b}}}").IsCorrect, back.Run(b, $@"\boxed{{{a}}}").IsCorrect);
        Assert.Equal(there.Steps, back.Steps);
    }

    [Property]
    public bool Verify_ProductOfLengths_IsAnArea(PositiveInt a, PositiveInt b) =>
        IsCorrect($@"{(long)a.Get * b.Get}\text{{ cm}}^2", $@"{a.Get}\text{{ cm}} \times {b.Get}\text{{ cm}}") && !IsCorrect($@"{(long)a.Get * b.Get}\text{{ cm}}^2", $@"{a.Get}\text{{ cm}} \times {b.Get}");

    [Property]
    public bool Verify_NumberInBase16_IgnoresTheCaseOfItsLetters(PositiveInt number)
    {
        var digits = (number.Get + 160).ToString("X", CultureInfo.InvariantCulture);
        var next = (number.Get + 161).ToString("X", CultureInfo.InvariantCulture);

        return IsCorrect($"{digits}_{{16}}", $"{digits.ToLowerInvariant()}_{{16}}") && IsCorrect($"{digits}_{{16}}", $"0x{digits}") && !IsCorrect($"{digits}_{{16}}", $"{next}_{{16}}");
    }

    [Property]
    public bool BigFloat_Arithmetic_AgreesWithRationals(int a, PositiveInt b, int c, PositiveInt d)
    {
        var (x, y) = (new Rational(a, b.Get), new Rational(c, d.Get));
        var (p, q) = (BigFloat.Of(x), BigFloat.Of(y));

        return Near(p + q, x + y) && Near(p * q, x * y) && (y.IsZero || Near(p / q, x / y)) && p.CompareTo(q) == x.CompareTo(y);
    }

    [Property]
    public bool Elementary_Inverses_LeadBack(short n, PositiveInt d)
    {
        var x = BigFloat.Of(new Rational(n, d.Get));
        var (sin, cos) = BigElementary.SinCos(x)!.Value;
        var root = BigFloat.Sqrt(BigFloat.Abs(x));

        return Near(BigElementary.Ln(BigElementary.Exp(x)!.Value)!.Value, x)
            && (sin * sin + cos * cos - BigFloat.One).Magnitude < -200
            && Near(BigElementary.Atan2(sin, cos)!.Value + BigElementary.Pi.Scale(1) * new BigFloat(Turns(x), 0), x)
            && Near(root * root, BigFloat.Abs(x));
    }

    [Property]
    public bool IntegerProduct_InHalves_IsTheProductInARow(sbyte first, byte count) =>
        IntegerProduct.Of(first, first + count - 1) == Enumerable.Range(first, count).Aggregate(BigInteger.One, (p, i) => p * i);

    private static BigInteger Turns(BigFloat x) => (x / BigElementary.Pi.Scale(1)).Round();

    private static bool IsCorrect(string reference, string answer) => MathVerifier.Verify(reference, $@"\boxed{{{answer}}}").IsCorrect;

    private static decimal Digit(int places) => (decimal)Math.Pow(10, -places);

    private static bool Near(BigFloat a, Rational b) => Near(a, BigFloat.Of(b));

    private static bool Near(BigFloat a, BigFloat b) => (a - b).Magnitude < Math.Max(Math.Max(a.Magnitude, b.Magnitude), 0) - 190;

    /// <summary>A union of intervals with integer ends.</summary>
    private static RealSet Set((int Low, byte Kind)[] parts) => parts.Aggregate(RealSet.Empty, (set, p) =>
        RealSet.Union(set, RealSet.Between(RealEndpoint.At(new Rational(p.Low % 10)), RealEndpoint.At(new Rational(p.Low % 10 + p.Kind / 4 % 4)), (p.Kind & 1) != 0, (p.Kind & 2) != 0)));
}
