namespace KdRl.Rewards;

/// <summary>Compares expressions: exactly where both are rational numbers or functions, by 50 digits or random points otherwise.</summary>
/// <remarks>
/// Only rounding knows which side is the reference. All other work takes the sides in the order of <see cref="MathNode.Compare"/>, so that
/// it takes the same steps, and ends alike where a budget or the points run out, whichever side is the reference.
/// </remarks>
internal sealed class ScalarComparer(MathScope scope)
{
    /// <summary>Two values agree when they differ by less than 2^-100 = 8e-31 of the larger.</summary>
    private const int AgreementBits = 100;

    /// <summary>Points at which symbolic expressions must agree, and points to try.</summary>
    private const int ValidPoints = 8, TriedPoints = 24;

    /// <summary>A decimal answer may leave a rounded value by no more than this, so that few digits of a tiny number do not count.</summary>
    private static readonly Rational AnswerTolerance = new(1, 1000);

    /// <summary>An answer may leave a decimal reference by no more than this.</summary>
    private static readonly Rational ReferenceTolerance = new(1, 10_000);

    /// <summary>Whether an answer equals the reference.</summary>
    public bool AreEqual(MathNode reference, MathNode answer)
    {
        if (reference.IsInfinity || answer.IsInfinity)
            return reference.IsInfinity && answer.IsInfinity && reference.Kind == answer.Kind;
        var (first, second) = InOrder(reference, answer);
        if (ExactValue.Of(first, scope) is { } a && ExactValue.Of(second, scope) is { } b)
            return ReferenceEquals(first, reference) ? AreEqual(reference, a, answer, b) : AreEqual(reference, b, answer, a);
        var forms = new NormalForm(scope);
        var equal = forms.Of(first) is { } p && forms.Of(second) is { } q ? RationalFunction.AreEqual(p, q, forms.Budget) : null;
        scope.Budget.Spend(forms.Budget.Steps);
        if (equal is { } decided && (decided || !forms.HasAtoms)) return decided;
        if (scope.IsUndefined || scope.Budget.IsExceeded) return false;
        if (AreEqualNumerically(reference, answer)) return true;
        if (!reference.Any(IsBareLog) && !answer.Any(IsBareLog)) return false;
        scope.NaturalLog = true;
        var natural = AreEqualNumerically(reference, answer);
        scope.NaturalLog = false;
        return natural;
    }

    /// <summary>Whether two equations lhs = rhs, given as lhs - rhs, have the same solutions because one is a multiple of the other; or, for an inequality, the sign of the factor.</summary>
    public int? ProportionSign(MathNode reference, MathNode answer)
    {
        var (first, second) = InOrder(reference, answer);
        var forms = new NormalForm(scope);
        if (forms.Of(first) is not { } p || forms.Of(second) is not { } q || !scope.Budget.Spend(forms.Budget.Steps)) return null;
        if (Polynomial.Multiply(p.Numerator, q.Denominator, forms.Budget) is { } left && Polynomial.Multiply(q.Numerator, p.Denominator, forms.Budget) is { } right
            && Polynomial.ProportionSign(left, right) is { } sign) return sign;
        // As equations also p/d = 0 and p = 0 agree, but not as inequalities: d may change its sign.
        if (Polynomial.ProportionSign(p.Numerator, q.Numerator) is not null) return 0;
        return forms.HasAtoms ? SampledProportion(first, second) : null;
    }

    private static (MathNode First, MathNode Second) InOrder(MathNode a, MathNode b) => MathNode.Compare(a, b) <= 0 ? (a, b) : (b, a);

    private static bool IsBareLog(MathNode node) => node is { Kind: MathNodeKind.Function, Name: "log", Items.Length: 1 };

    private bool AreEqual(MathNode reference, Rational a, MathNode answer, Rational b)
    {
        if (a == b) return true;
        var difference = Rational.Abs(a - b);
        if (DecimalLiteral.Of(reference) is { } rounded) return rounded.IsRoundingOf(b) && IsWithin(difference, b, ReferenceTolerance);
        return DecimalLiteral.Of(answer) is { } rounding && rounding.Places >= scope.Options.MinDecimalPlaces && rounding.IsRoundingOf(a) && IsWithin(difference, a, AnswerTolerance);
    }

    private static bool IsWithin(Rational difference, Rational value, Rational tolerance) => difference.CompareTo(Rational.Abs(value) * tolerance) <= 0;

    private bool AreEqualNumerically(MathNode reference, MathNode answer)
    {
        var symbols = Symbols(reference, answer);
        if (symbols is null) return false;
        if (symbols.Count == 0) return AreEqualClosed(reference, answer);
        var (first, second) = InOrder(reference, answer);
        return AreEqualAtPoints(first, second, symbols);
    }

    private bool AreEqualClosed(MathNode reference, MathNode answer)
    {
        var evaluator = new MathEvaluator(scope);
        var (first, second) = InOrder(reference, answer);
        if (evaluator.Of(first) is not { } a || evaluator.Of(second) is not { } b || scope.IsUndefined) return false;
        if (!ReferenceEquals(first, reference)) (a, b) = (b, a);
        if (!evaluator.HasAbsorbed && Agree(a, b)) return true;
        if (DecimalLiteral.Of(reference) is { } rounded) return b.IsReal && rounded.IsRoundingOf(b.Re) && IsWithin(a.Re, b.Re, ReferenceTolerance);
        return DecimalLiteral.Of(answer) is { } rounding && rounding.Places >= scope.Options.MinDecimalPlaces && a.IsReal && rounding.IsRoundingOf(a.Re) && IsWithin(b.Re, a.Re, AnswerTolerance);
    }

    private static bool IsWithin(BigFloat a, BigFloat b, Rational tolerance) => BigFloat.Abs(a - b).CompareTo(BigFloat.Abs(b) * BigFloat.Of(tolerance)) <= 0;

    private static bool Agree(BigComplex a, BigComplex b) => (a - b).IsZero || (a - b).Magnitude < Math.Max(a.Magnitude, b.Magnitude) - AgreementBits;

    private bool AreEqualAtPoints(MathNode first, MathNode second, SortedSet<string> symbols)
    {
        var points = new RandomPoints(scope.Seed);
        var isComplex = first.Any(IsImaginary) || second.Any(IsImaginary);
        var isCount = first.Any(IsCount) || second.Any(IsCount);
        var agreed = 0;
        for (var i = 0; i < TriedPoints && agreed < ValidPoints && !scope.Budget.IsExceeded; i++)
        {
            // Outside of the real domain of either side schools say nothing.
            var evaluator = EvaluatorAt(points, i, symbols, isReal: !isComplex, isCount);
            if (evaluator.Of(first) is not { } a || evaluator.Of(second) is not { } b) continue;
            if (Agree(a, b)) agreed++;
            // Where terms cancel, as in cosh² - sinh² far out, a difference says nothing.
            else if (!evaluator.HasCancelled) return false;
        }
        return agreed >= ValidPoints - 2 && !scope.IsUndefined;
    }

    private MathEvaluator EvaluatorAt(RandomPoints points, int index, SortedSet<string> symbols, bool isReal = false, bool isCount = false)
    {
        var evaluator = new MathEvaluator(scope, isReal);
        foreach (var symbol in symbols) evaluator.Point[symbol] = isCount ? points.NextCount() : points.Next(index, evaluator.Point.Count);
        return evaluator;
    }

    private int? SampledProportion(MathNode first, MathNode second)
    {
        if (Symbols(first, second) is not { Count: > 0 } symbols) return null;
        var points = new RandomPoints(scope.Seed);
        BigComplex? ratio = null;
        var agreed = 0;
        for (var i = 0; i < TriedPoints && agreed < ValidPoints && !scope.Budget.IsExceeded; i++)
        {
            var evaluator = EvaluatorAt(points, i, symbols);
            if (evaluator.Of(first) is not { } a || evaluator.Of(second) is not { } b || !a.IsReal || !b.IsReal || b.IsZero || a.IsZero) continue;
            if (ratio is null) ratio = BigComplex.Divide(a, b);
            else if (!Agree(ratio.Value * b, a)) return null;
            agreed++;
        }
        return agreed >= ValidPoints - 2 && ratio is { } factor ? factor.Re.Sign : null;
    }

    /// <summary>Where only whole numbers make sense: factorials, binomials, (-1)^n.</summary>
    private static bool IsCount(MathNode node) => node is { Kind: MathNodeKind.Function, Name: "factorial" or "binom" }
        || (node is { Kind: MathNodeKind.Power, Items: [{ Kind: MathNodeKind.Negate, IsLiteral: true }, var exponent] } && !ClosedForm.IsClosed(exponent));

    private static bool IsImaginary(MathNode node) => node is { Kind: MathNodeKind.Constant, Name: "i" };

    /// <summary>The symbols of both sides; null when some part has no value at a point.</summary>
    private static SortedSet<string>? Symbols(MathNode reference, MathNode answer)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        return Collect(reference) && Collect(answer) ? symbols : null;

        bool Collect(MathNode node)
        {
            if (node.Kind == MathNodeKind.Symbol) symbols.Add(node.Name);
            else if (node.Kind == MathNodeKind.Function && !MathEvaluator.Knows(node.Name)) return false;
            return Array.TrueForAll(node.Items, Collect);
        }
    }
}
