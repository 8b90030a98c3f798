using System.Collections.Frozen;

namespace KdRl.Rewards;

/// <summary>What a chain of equalities says.</summary>
/// <param name="Name">The name on its left, if it names a value: "x" of x = 5, "(x,y)" of (x,y) = (1,2).</param>
/// <param name="Value">The named value, or the common value of all members; null for an equation between two expressions.</param>
/// <param name="IsBroken">Members that should be equal are not; such an answer is wrong whatever else it says.</param>
internal readonly record struct EqualityChain(MathNode? Name, MathNode? Value, bool IsBroken)
{
    /// <summary>Words that make a statement the opposite of one.</summary>
    private static readonly FrozenSet<string> Denials = ((string[])["not", "no", "never", "cannot", "isn", "neither", "nor", "false", "wrong", "except", "unless", "if"]).ToFrozenSet();

    /// <summary>Whether a node is a chain of equalities.</summary>
    public static bool IsEquality(MathNode node) => node.Kind == MathNodeKind.Relation && Array.TrueForAll(node.Signs, s => s is "=" or "~=" or "equiv");

    /// <summary>Reads a chain; <paramref name="comparer"/> checks that it holds.</summary>
    public static EqualityChain Of(MathNode chain, MathComparer comparer, bool allowsSymbolicMembers)
    {
        var names = 0;
        while (names < chain.Items.Length - 1 && IsName(chain.Items[names], chain.Items[^1])) names++;
        var rest = chain.Items[names..];
        var name = names > 0 ? chain.Items[0] : null;
        if (rest is [var only]) return new EqualityChain(name, only, false);
        if (name is null && rest is [var left, var right])
        {
            if (IsName(right, left)) return new EqualityChain(right, left, false);
            // x² - 1 = (x-1)(x+1) says the same twice; an equation that does not always hold has no value.
            if (!ClosedForm.IsClosed(left) || !ClosedForm.IsClosed(right)) return new EqualityChain(null, Holds(rest, chain.Signs, comparer) ? left : null, false);
        }
        if (Holds(rest, chain.Signs[names..], comparer)) return new EqualityChain(name, rest[0], false);
        var closed = Array.FindAll(rest, ClosedForm.IsClosed);
        if (allowsSymbolicMembers && closed.Length > 0 && closed.Length < rest.Length && ClosedForm.IsClosed(rest[^1]) && Holds(closed, [], comparer)) return new EqualityChain(name, closed[0], false);
        return new EqualityChain(name, null, true);
    }

    /// <summary>Neighbours are equal; behind ≈ the right one may be the left one rounded.</summary>
    private static bool Holds(MathNode[] members, string[] signs, MathComparer comparer)
    {
        for (var i = 1; i < members.Length; i++)
        {
            var isRounded = i <= signs.Length && signs[i - 1] == "~=";
            if (isRounded ? !comparer.IsApproximation(members[i - 1], members[i]) : !comparer.AreEqual(members[i - 1], members[i])) return false;
        }
        return true;
    }

    /// <summary>dy/dx, or d/dx before what is derived.</summary>
    public static bool IsDerivative(MathNode node) => node.Kind == MathNodeKind.Product
        ? IsDerivative(node.Items[0])
        : node is { Kind: MathNodeKind.Quotient, Items: [var above, { Kind: MathNodeKind.Product, Items: [{ Kind: MathNodeKind.Symbol, Name: "d" }, { Kind: MathNodeKind.Symbol }] }] }
            && above is { Kind: MathNodeKind.Symbol, Name: "d" } or { Kind: MathNodeKind.Product, Items: [{ Kind: MathNodeKind.Symbol, Name: "d" }, ..] };

    /// <summary>A symbol, an applied function, a segment such as AB; or, before a number, any expression without numerals: m + n = 25.</summary>
    private static bool IsName(MathNode node, MathNode value) => node.Kind switch
    {
        MathNodeKind.Symbol => node.Name is not ("reals" or "emptyset"),
        MathNodeKind.Text => !Denials.Overlaps(node.Name.Split(' ')),
        MathNodeKind.Brackets or MathNodeKind.Set or MathNodeKind.List => Array.TrueForAll(node.Items, i => IsName(i, value)),
        MathNodeKind.Function when !MathEvaluator.Knows(node.Name) => true,
        _ when IsDerivative(node) => true,
        MathNodeKind.Relation or MathNodeKind.Matrix => false,
        // σ² = 4
        MathNodeKind.Power when node.Items is [{ Kind: MathNodeKind.Symbol }, { Kind: MathNodeKind.Number }] => ClosedForm.IsClosed(value),
        _ => !node.Any(n => n.Kind is MathNodeKind.Number or MathNodeKind.Constant) && !ClosedForm.IsClosed(node) && ClosedForm.IsClosed(value),
    };
}
