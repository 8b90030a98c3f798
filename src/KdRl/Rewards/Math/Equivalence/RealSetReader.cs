namespace KdRl.Rewards;

/// <summary>Reads intervals, inequalities in one variable, unions and finite sets as sets of real numbers.</summary>
/// <param name="scope">Budget and options.</param>
/// <param name="mustBeSolved">Inequalities must name their variable alone on one side: x &lt; 3, not 2x &lt; 6.</param>
internal sealed class RealSetReader(MathScope scope, bool mustBeSolved)
{
    /// <summary>The variable of all conditions: x &gt; 3 and y &gt; 3 is no set of numbers.</summary>
    private string? _variable;

    /// <summary>Whether an answer can mean only a set of numbers; a pair in round or square brackets can also mean a point.</summary>
    public static bool IsCertain(MathNode node) => node.Kind switch
    {
        MathNodeKind.Union or MathNodeKind.Intersection or MathNodeKind.Difference or MathNodeKind.SetBuilder => true,
        MathNodeKind.Brackets => node.Name is "(]" or "[)" || (node.Items.Length == 2 && Array.Exists(node.Items, i => i.IsInfinity)),
        MathNodeKind.Relation => Array.Exists(node.Signs, s => s is "<" or ">" or "<=" or ">=" or "!=") || (node.Signs is ["in"] && IsCertain(node.Items[1])),
        MathNodeKind.List => Array.Exists(node.Items, IsCertain),
        MathNodeKind.Symbol => node.Name is "reals" or "emptyset",
        _ => false,
    };

    /// <summary>The set; null when the answer is none, has several variables, or is of a kind that is not solved here.</summary>
    public RealSet? Read(MathNode node)
    {
        _variable = null;
        return Read(node, 0);
    }

    private RealSet? Read(MathNode node, int depth)
    {
        if (depth > 64 || !scope.Budget.Spend(5)) return null;
        switch (node.Kind)
        {
            case MathNodeKind.Brackets when node.Name.Length == 2 && node.Items is [var low, var high] && At(low) is { } a && At(high) is { } b && a.CompareTo(b) <= 0:
                return RealSet.Between(a, b, node.Name[0] == '[', node.Name[1] == ']');
            case MathNodeKind.Union: return Both(node, depth) is var (a1, b1) ? RealSet.Union(a1, b1) : null;
            case MathNodeKind.Intersection: return Both(node, depth) is var (a2, b2) ? RealSet.Intersection(a2, b2) : null;
            case MathNodeKind.Difference: return Both(node, depth) is var (a3, b3) ? RealSet.Intersection(a3, b3.Complement()) : null;
            case MathNodeKind.Symbol when node.Name == "reals": return RealSet.All;
            case MathNodeKind.Symbol when node.Name == "emptyset": return RealSet.Empty;
            case MathNodeKind.Set: return Points(PlusMinus.Expand(node).Items);
            case MathNodeKind.SetBuilder: return Builder(node, depth);
            case MathNodeKind.List: return List(node, depth);
            case MathNodeKind.Relation when PlusMinus.Expand(node) is { Kind: MathNodeKind.List } both: return List(both, depth);
            case MathNodeKind.Relation: return Relation(node, depth);
            case MathNodeKind.Text: return null;
            default: return Points([node]);
        }
    }

    private (RealSet, RealSet)? Both(MathNode node, int depth) => Read(node.Items[0], depth + 1) is { } a && Read(node.Items[1], depth + 1) is { } b ? (a, b) : null;

    private RealSet? Points(MathNode[] items)
    {
        var set = RealSet.Empty;
        foreach (var item in items)
        {
            if (At(item) is not { IsInfinite: false } point || !scope.Budget.Spend(items.Length)) return null;
            set = RealSet.Union(set, RealSet.Between(point, point, true, true));
        }
        return set;
    }

    private RealSet? Builder(MathNode node, int depth)
    {
        var condition = Read(node.Items[1], depth + 1);
        if (condition is null) return null;
        var domain = node.Items[0] is { Kind: MathNodeKind.Relation, Signs: ["in"] } membership ? Read(membership.Items[1], depth + 1) : RealSet.All;
        return domain is null ? null : RealSet.Intersection(domain, condition);
    }

    /// <summary>"or" unites, "and" intersects. So does a comma, but it unites what would be empty, as in "x &lt; 1, x &gt; 3"; parts that are no conditions unite.</summary>
    private RealSet? List(MathNode node, int depth)
    {
        RealSet? union = null, intersection = null;
        var conditions = Array.TrueForAll(node.Items, i => i.Kind == MathNodeKind.Relation && !i.Signs.Contains("="));
        foreach (var item in node.Items)
        {
            if (Read(item, depth + 1) is not { } part) return null;
            union = union is null ? part : RealSet.Union(union, part);
            intersection = intersection is null ? part : RealSet.Intersection(intersection, part);
        }
        return conditions && (node.Name == "and" || (node.Name != "or" && intersection is { IsEmpty: false })) ? intersection : union;
    }

    private RealSet? Relation(MathNode node, int depth)
    {
        if (node.Signs is ["in"] or ["="])
        {
            if (node.Items[0] is not { Kind: MathNodeKind.Symbol, Name: var name } || name != (_variable ??= name)) return null;
            return node.Signs is ["in"] ? Read(node.Items[1], depth + 1) : Points([node.Items[1]]);
        }
        var set = RealSet.All;
        for (var i = 0; i < node.Signs.Length; i++)
        {
            if (new InequalitySolver(scope, mustBeSolved).Solve(Member(node.Items[i]), node.Signs[i], Member(node.Items[i + 1]), ref _variable) is not { } part) return null;
            set = RealSet.Intersection(set, part);
        }
        return set;
    }

    /// <summary>f(x) alone in a condition is as good a variable as x.</summary>
    private static MathNode Member(MathNode node) => node.Kind == MathNodeKind.Function && !MathEvaluator.Knows(node.Name) ? MathNode.Symbol(node.Name) : node;

    private RealEndpoint? At(MathNode node)
    {
        if (node.IsInfinity) return node.Kind == MathNodeKind.Negate ? RealEndpoint.MinusInfinity : RealEndpoint.PlusInfinity;
        if (node.Kind == MathNodeKind.Quantity) return At(node.Items[0]);
        if (ExactValue.Of(node, scope) is { } exact) return RealEndpoint.At(exact);
        return new MathEvaluator(scope).Of(node) is { IsReal: true } value ? RealEndpoint.At(value.Re) : null;
    }
}
