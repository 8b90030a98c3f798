namespace KdRl.Rewards;

/// <summary>Reads vectors that are written as sums of unit vectors: 3i + 4j, 2\hat{i} - \hat{k}.</summary>
internal static class UnitVectors
{
    private const string Names = "ijk";

    /// <summary>The coordinates, three of them if there is a k; null for everything else. Without hats i alone is the imaginary unit: there must be a j.</summary>
    public static MathNode[]? Read(MathNode node)
    {
        if (node.Kind is not (MathNodeKind.Sum or MathNodeKind.Product or MathNodeKind.Negate or MathNodeKind.Function)) return null;
        var coordinates = new MathNode?[Names.Length];
        var isCertain = false;
        foreach (var term in node.Kind == MathNodeKind.Sum ? node.Items : [node])
        {
            var (value, factors) = (MathNode.Literal(Rational.One), Factors(term, out var isNegative));
            var bases = Array.FindAll(factors, f => Name(f) is not null);
            if (bases is not [var vector] || Name(vector) is not var (index, hasHat) || coordinates[index] is not null) return null;
            isCertain |= hasHat || index == 1;
            if (Array.FindAll(factors, f => f != vector) is { Length: > 0 } rest) value = rest is [var only] ? only : MathNode.Of(MathNodeKind.Product, rest);
            coordinates[index] = isNegative ? MathNode.Of(MathNodeKind.Negate, value) : value;
        }
        if (!isCertain) return null;
        var zero = MathNode.Literal(Rational.Zero);
        return [.. coordinates.Take(coordinates[2] is null ? 2 : 3).Select(c => c ?? zero)];
    }

    private static MathNode[] Factors(MathNode term, out bool isNegative)
    {
        isNegative = term.Kind == MathNodeKind.Negate;
        if (isNegative) term = term.Items[0];
        return term.Kind == MathNodeKind.Product ? term.Items : [term];
    }

    private static (int Index, bool HasHat)? Name(MathNode node)
    {
        var hasHat = node is { Kind: MathNodeKind.Function, Name: "hat" or "vec", Items.Length: 1 };
        var bare = hasHat ? node.Items[0] : node;
        return bare.Kind is MathNodeKind.Symbol or MathNodeKind.Constant && bare.Name.Length == 1 && Names.IndexOf(bare.Name[0], StringComparison.Ordinal) is var index and >= 0 ? (index, hasHat) : null;
    }
}
