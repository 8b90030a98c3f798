namespace KdRl.Rewards;

/// <summary>Decides whether two parsed answers mean the same, kind by kind.</summary>
/// <remarks>This file chooses the rule by the kinds of both sides; relations and collections have their own.</remarks>
internal sealed partial class MathComparer(MathScope scope)
{
    private const int MaxDepth = 40;

    private readonly ScalarComparer _scalars = new(scope);
    private int _depth;

    /// <summary>Whether an answer equals the reference.</summary>
    public bool AreEqual(MathNode reference, MathNode answer)
    {
        if (++_depth > MaxDepth || !scope.Budget.Spend(3))
        {
            _depth--;
            return false;
        }
        var formula = WithoutParameter(answer, out var given);
        var expected = WithoutParameter(reference, out var wanted);
        formula = wanted is null || given is null ? ParameterNames.AdoptConstant(expected, formula) : ParameterNames.Adopt(wanted, given, formula);
        var equal = Compare(Simplified(expected), Simplified(formula));
        _depth--;
        return equal;
    }

    /// <summary>Whether the second value is the first one rounded to its digits, however few.</summary>
    public bool IsApproximation(MathNode exact, MathNode rounded)
    {
        if (AreEqual(exact, rounded)) return true;
        if (DecimalLiteral.Of(WithoutUnit(rounded).Value) is not { } literal) return false;
        return new MathEvaluator(scope).Of(WithoutUnit(exact).Value) is { IsReal: true } value && literal.IsRoundingOf(value.Re);
    }

    private bool Compare(MathNode reference, MathNode answer)
    {
        if (reference.Kind == MathNodeKind.Text || answer.Kind == MathNodeKind.Text) return AreSameText(reference, answer);
        if (CompareUnitVectors(reference, answer) is { } same) return same;
        if (RealSetReader.IsCertain(reference) || RealSetReader.IsCertain(answer))
        {
            // To a reference that is solved, an inequality that is not is the question again.
            var solved = scope.Options.RequireClosedLiteral ? new RealSetReader(scope, mustBeSolved: true).Read(reference) : null;
            var reader = new RealSetReader(scope, mustBeSolved: solved is not null);
            var known = solved ?? reader.Read(reference);
            if (known is not null && reader.Read(answer) is { } given) return known.IsSame(given);
            if (solved is not null && answer.Kind == MathNodeKind.Relation) return false;
        }
        if (IsMembership(reference) || IsMembership(answer)) return AreEqual(Contents(reference), Contents(answer));
        if (reference.Kind == MathNodeKind.Relation || answer.Kind == MathNodeKind.Relation) return CompareRelations(reference, answer);
        if (IsCollection(reference) || IsCollection(answer) || (IsPoint(reference) && IsPoint(answer))) return CompareCollections(reference, answer);
        if (reference.Kind == MathNodeKind.Cases && answer.Kind == MathNodeKind.Cases) return AreSameCases(reference.Items, answer.Items);
        if (reference.Kind == MathNodeKind.Matrix || answer.Kind == MathNodeKind.Matrix) return CompareMatrices(reference, answer);
        if (reference.Kind == answer.Kind && reference.Kind is MathNodeKind.Union or MathNodeKind.Intersection or MathNodeKind.Difference or MathNodeKind.SetBuilder)
            return ComparePairs(reference, answer);
        if (IsClock(reference) || IsClock(answer)) return CompareValues(reference, answer);
        if (reference.Kind == MathNodeKind.Ratio || answer.Kind == MathNodeKind.Ratio) return CompareRatios(reference, answer);
        if (IsModular(reference) || IsModular(answer)) return IsModular(reference) && IsModular(answer) && AreEqualInOrder(reference.Items, answer.Items);
        if (reference.Kind == MathNodeKind.BaseNumber || answer.Kind == MathNodeKind.BaseNumber) return CompareBases(reference, answer);
        return CompareValues(reference, answer);
    }

    private static MathNode Simplified(MathNode node) => MatrixMultiples.Distribute(PlusMinus.Expand(node));

    /// <summary>Functions by cases, in any order: equal values where the conditions are equal.</summary>
    private bool AreSameCases(MathNode[] reference, MathNode[] answer)
    {
        if (reference.Length != answer.Length) return false;
        var free = Enumerable.Range(0, answer.Length / 2).ToList();
        for (var i = 0; i < reference.Length; i += 2)
        {
            var at = free.FindIndex(j => AreEqual(reference[i + 1], answer[2 * j + 1]) && AreEqual(reference[i], answer[2 * j]));
            if (at < 0) return false;
            free.RemoveAt(at);
        }
        return true;
    }

    private static bool AreSameText(MathNode reference, MathNode answer) =>
        reference.Kind is MathNodeKind.Text or MathNodeKind.Symbol && answer.Kind is MathNodeKind.Text or MathNodeKind.Symbol
        && reference.Name != "nan" && string.Equals(reference.Name, answer.Name, StringComparison.OrdinalIgnoreCase);

    private static bool IsMembership(MathNode node) => node is { Kind: MathNodeKind.Relation, Signs: ["in"] };

    private static MathNode Contents(MathNode node) => IsMembership(node) ? node.Items[1] : node;

    private static bool IsClock(MathNode node) => node is { Kind: MathNodeKind.Quantity, Items: [{ Kind: MathNodeKind.Ratio }] };

    private static bool IsPoint(MathNode node) => node is { Kind: MathNodeKind.Function, Items.Length: > 1, Name: [>= 'A' and <= 'Z', ..] };

    /// <summary>A formula without the remark that its parameter is a whole number: kπ, k ∈ ℤ.</summary>
    private static MathNode WithoutParameter(MathNode node, out string? parameter)
    {
        var isFormula = node.Kind == MathNodeKind.List && node.Items.Skip(1).All(i => IsMembership(i) && i.Items[1] is { Kind: MathNodeKind.Symbol, Name: "integers" });
        parameter = isFormula && node.Items is [_, { Items: [{ Kind: MathNodeKind.Symbol, Name: var name }, _] }] ? name : null;
        return isFormula ? node.Items[0] : node;
    }

    private static bool IsModular(MathNode node) => node is { Kind: MathNodeKind.Function, Name: "mod" };

    /// <summary>Sets that are not read as sets of numbers, part by part; a union in either order.</summary>
    private bool ComparePairs(MathNode reference, MathNode answer) =>
        AreEqualInOrder(reference.Items, answer.Items)
        || (reference.Kind is MathNodeKind.Union or MathNodeKind.Intersection && AreEqualInOrder(reference.Items, [.. answer.Items.Reverse()]));

    private bool CompareMatrices(MathNode reference, MathNode answer)
    {
        (reference, answer) = (AsColumn(reference), AsColumn(answer));
        if (reference.Kind == MathNodeKind.Matrix && answer.Kind == MathNodeKind.Matrix)
        {
            var isVector = reference.Digits == 1 || reference.Digits == reference.Items.Length;
            var bothVectors = isVector && (answer.Digits == 1 || answer.Digits == answer.Items.Length);
            return (reference.Digits == answer.Digits || (bothVectors && scope.Options.IgnoreBrackets)) && AreEqualInOrder(reference.Items, answer.Items);
        }
        return false;
    }

    /// <summary>Beside a matrix \binom{2}{-1} is a vector.</summary>
    private static MathNode AsColumn(MathNode node) => node is { Kind: MathNodeKind.Function, Name: "binom", Items.Length: 2 } ? MathNode.Matrix(node.Items, 1) : node;

    private bool CompareRatios(MathNode reference, MathNode answer)
    {
        if (reference.Kind != answer.Kind)
        {
            if (!scope.Options.RatioEqualsFraction) return false;
            return CompareValues(AsQuotient(reference), AsQuotient(answer));
        }
        if (reference.Items.Length != answer.Items.Length) return false;
        for (var i = 1; i < reference.Items.Length; i++)
        {
            var left = MathNode.Of(MathNodeKind.Product, reference.Items[i], answer.Items[0]);
            var right = MathNode.Of(MathNodeKind.Product, answer.Items[i], reference.Items[0]);
            if (!_scalars.AreEqual(left, right)) return false;
        }
        return true;
    }

    private static MathNode AsQuotient(MathNode node) => node is { Kind: MathNodeKind.Ratio, Items: [var a, var b] } ? MathNode.Of(MathNodeKind.Quotient, a, b) : node;

    private bool CompareBases(MathNode reference, MathNode answer)
    {
        if (reference.Kind == answer.Kind) return reference.Digits == answer.Digits && reference.Number == answer.Number;
        var (number, other) = reference.Kind == MathNodeKind.BaseNumber ? (reference, answer) : (answer, reference);
        return scope.Options.AcceptOmittedBase && other is { Kind: MathNodeKind.Number, Digits: MathNode.Exact } && other.Number.ToString() == number.Name.TrimStart('0');
    }

    private bool CompareValues(MathNode reference, MathNode answer)
    {
        var (a, b) = (WithoutUnit(reference), WithoutUnit(answer));
        if (!Reconcile(a.Unit, b.Unit, out var scaleA, out var scaleB)) return false;
        var (left, right) = (Scaled(a.Value, scaleA), Scaled(b.Value, scaleB));
        if (left.Kind is MathNodeKind.Ratio && right.Kind is MathNodeKind.Ratio) return AreEqualInOrder(left.Items, right.Items);
        if (left.Kind is MathNodeKind.List or MathNodeKind.Brackets or MathNodeKind.Set || right.Kind is MathNodeKind.List or MathNodeKind.Brackets or MathNodeKind.Set) return AreEqual(left, right);
        if (scope.Options.RequireClosedLiteral && ClosedForm.IsClosed(reference) && !ClosedForm.IsLiteral(right, left, scope.Options.MaxOperators)) return false;
        if (scope.Options.RequireSimplestForm && !SimplestForm.Is(right)) return false;
        if (_scalars.AreEqual(left, right)) return true;
        if (!scope.Options.AcceptPlainPercent || (left.Kind == MathNodeKind.Percent) == (right.Kind == MathNodeKind.Percent)) return false;
        return _scalars.AreEqual(WithoutPercent(left), WithoutPercent(right));
    }

    private static MathNode WithoutPercent(MathNode node) => node.Kind == MathNodeKind.Percent ? node.Items[0] : node;

    private static MathNode Scaled(MathNode value, Rational scale) => scale == Rational.One ? value : MathNode.Of(MathNodeKind.Product, value, MathNode.Literal(scale));

    /// <summary>A value and its unit: 5 cm, 30°, -$5.</summary>
    private static (MathNode Value, MathUnit? Unit) WithoutUnit(MathNode node)
    {
        switch (node.Kind)
        {
            case MathNodeKind.Quantity:
                return node.Items[0].Kind == MathNodeKind.Degree ? (node.Items[0].Items[0], node.Unit) : (node.Items[0], node.Unit);
            case MathNodeKind.Degree: return (node.Items[0], new MathUnit(Rational.One, "degree^1", ""));
            case MathNodeKind.Negate when node.Items[0].Kind is MathNodeKind.Quantity or MathNodeKind.Degree:
                var (value, unit) = WithoutUnit(node.Items[0]);
                return (MathNode.Of(MathNodeKind.Negate, value), unit);
            // $200 - $130
            case MathNodeKind.Sum when Array.ConvertAll(node.Items, WithoutUnit) is [{ Unit: { } shared }, ..] terms && Array.TrueForAll(terms, t => t.Unit == shared):
                return (node.With(Array.ConvertAll(terms, t => t.Value)), shared);
            default: return (node, null);
        }
    }

    /// <summary>Converts known units into each other; false when they measure different things. A unit on one side only says nothing.</summary>
    private bool Reconcile(MathUnit? a, MathUnit? b, out Rational scaleA, out Rational scaleB)
    {
        (scaleA, scaleB) = (Rational.One, Rational.One);
        if (a is null || b is null) return true;
        if (a.Dimension.Length > 0 && b.Dimension.Length > 0)
        {
            if (a.Dimension != b.Dimension) return false;
            if (a.Scale != b.Scale) (scaleA, scaleB) = (a.Scale, b.Scale);
            return true;
        }
        if (!scope.Options.CompareUnknownUnits) return true;
        if (a.Dimension.Length != b.Dimension.Length && a.Words != b.Words) return IsUnit(a.Words) || IsUnit(b.Words);
        return AreSameThings(a, b);
    }

    /// <summary>Whether the words of two units have one in common, or one has none.</summary>
    private static bool AreSameThings(MathUnit? a, MathUnit? b) =>
        a is null || b is null || a.Words.Length == 0 || b.Words.Length == 0 || a.Words.Split(' ').Any(w => b.Words.Split(' ').Any(v => Stem(v) == Stem(w)));

    /// <summary>"units" are of any kind; so is what has no words.</summary>
    private static bool IsUnit(string words) => words is "unit" or "units";

    private static string Stem(string word) => word.TrimEnd('s');
}
