namespace KdRl.Rewards;

/// <content>Equations, named values and inequalities.</content>
internal sealed partial class MathComparer
{
    private bool CompareRelations(MathNode reference, MathNode answer)
    {
        if (reference.Kind == MathNodeKind.Relation && answer.Kind == MathNodeKind.Relation)
        {
            if (EqualityChain.IsEquality(reference) && EqualityChain.IsEquality(answer)) return CompareEqualities(reference, answer);
            return CompareInequalities(reference, answer);
        }
        var (relation, other) = reference.Kind == MathNodeKind.Relation ? (reference, answer) : (answer, reference);
        if (!EqualityChain.IsEquality(relation)) return false;
        var statement = Read(relation);
        if (statement.IsBroken || statement.Value is not { } value) return false;
        // √2 ≈ 1.4142 answers a reference of 1.41, too, if it holds.
        if (ReferenceEquals(relation, answer) && relation.Signs[^1] == "~=" && DecimalLiteral.Of(reference) is not null && AreEqual(reference, relation.Items[^1])) return true;
        if (other.Kind == MathNodeKind.List && other.Items.Length > 1 && value.Kind is not (MathNodeKind.List or MathNodeKind.Brackets or MathNodeKind.Set)) return false;
        return ReferenceEquals(relation, reference) ? AreEqual(value, other) : AreEqual(other, value);
    }

    private EqualityChain Read(MathNode chain) => EqualityChain.Of(chain, this, scope.Options.AllowSymbolicMembers);

    private bool CompareEqualities(MathNode reference, MathNode answer)
    {
        var (a, b) = (Read(reference), Read(answer));
        // x = 5 is a solution, 2x + 3 = 13 is the question again.
        if (IsSolution(a) != IsSolution(b)) return false;
        if (reference.Items.Length == 2 && answer.Items.Length == 2 && IsScalarEquation(reference) && IsScalarEquation(answer) &&
            _scalars.ProportionSign(Difference(reference), Difference(answer)) is not null) return true;
        if (a.Value is null || b.Value is null)
        {
            // Chains of equations like x/2 = y/3 = z/4.
            return !ClosedForm.IsClosed(answer) && reference.Items.Length == answer.Items.Length && reference.Items.Length > 2 && a.Name is null && b.Name is null && AreEqualInOrder(reference.Items, answer.Items);
        }
        if (a.Name is null || b.Name is null) return AreEqual(a.Value, b.Value);
        if (AreSameName(a.Name, b.Name)) return AreEqual(a.Value, b.Value);
        var renamed = scope.Options.IgnoreParameterNames ? ParameterNames.Adopt(a.Name, b.Name, b.Value) : b.Value;
        return !ReferenceEquals(renamed, b.Value) && AreEqual(a.Value, renamed);
    }

    private static bool IsSolution(EqualityChain chain) => chain is { Name: { Kind: MathNodeKind.Symbol or MathNodeKind.Text }, Value: { } value } && ClosedForm.IsClosed(value);

    private static bool IsScalarEquation(MathNode relation) => Array.TrueForAll(relation.Items, i => i.Kind is not (MathNodeKind.Brackets or MathNodeKind.Set or MathNodeKind.List or MathNodeKind.Matrix or MathNodeKind.Text or MathNodeKind.Relation));

    private static MathNode Difference(MathNode relation) => MathNode.Of(MathNodeKind.Sum, relation.Items[0], MathNode.Of(MathNodeKind.Negate, relation.Items[1]));

    /// <summary>The same name; or names of different kinds for the same thing, as in y = 2x and f(x) = 2x.</summary>
    private bool AreSameName(MathNode a, MathNode b)
    {
        if (IsLetter(a) && IsLetter(b)) return a.Name == b.Name;
        if (a.Kind == MathNodeKind.Function && b.Kind == MathNodeKind.Function) return a.Name == b.Name && AreEqualInOrder(a.Items, b.Items);
        if (a.Kind == MathNodeKind.Brackets && b.Kind == MathNodeKind.Brackets) return a.Items.Length == b.Items.Length && a.Items.Zip(b.Items).All(p => AreSameName(p.First, p.Second));
        if (a.Kind == b.Kind && a.Kind is not (MathNodeKind.Symbol or MathNodeKind.Text)) return _scalars.AreEqual(a, b);
        // A segment AB may be called x, but x + y is no x and no xy.
        return !IsCalculated(a) && !IsCalculated(b);
    }

    private static bool IsCalculated(MathNode node) => node.Kind is MathNodeKind.Sum or MathNodeKind.Quotient or MathNodeKind.Power or MathNodeKind.Negate && !EqualityChain.IsDerivative(node);

    private static bool IsLetter(MathNode node) => node.Kind == MathNodeKind.Symbol;

    /// <summary>Chains of inequalities in several variables: link by link, each a positive multiple of the other.</summary>
    private bool CompareInequalities(MathNode reference, MathNode answer)
    {
        if (reference.Signs.Length != answer.Signs.Length) return false;
        return AreSameLinks(reference, answer) || AreSameLinks(reference, Mirrored(answer));
    }

    private static MathNode Mirrored(MathNode chain) => MathNode.Relation([.. chain.Items.Reverse()], [.. chain.Signs.Reverse().Select(Mirror)]);

    private static string Mirror(string sign) => sign switch { "<" => ">", ">" => "<", "<=" => ">=", ">=" => "<=", _ => sign };

    private bool AreSameLinks(MathNode reference, MathNode answer)
    {
        for (var i = 0; i < reference.Signs.Length; i++)
        {
            var (a, b) = (Link(reference, i), Link(answer, i));
            var wanted = reference.Signs[i] == answer.Signs[i] ? 1 : reference.Signs[i] == Mirror(answer.Signs[i]) ? -1 : 0;
            if (wanted == 0 || _scalars.ProportionSign(a, b) is not { } sign) return false;
            if (sign != wanted && reference.Signs[i] is not ("=" or "!=")) return false;
        }
        return true;

        static MathNode Link(MathNode chain, int i) => MathNode.Of(MathNodeKind.Sum, chain.Items[i], MathNode.Of(MathNodeKind.Negate, chain.Items[i + 1]));
    }
}
