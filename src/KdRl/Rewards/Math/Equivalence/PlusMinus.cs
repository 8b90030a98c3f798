namespace KdRl.Rewards;

/// <summary>Replaces ± by the values it stands for.</summary>
internal static class PlusMinus
{
    /// <summary>More independent signs than this are left as they are.</summary>
    private const int MaxSigns = 4;

    /// <summary>The same answer without ±: a list of all values. With ∓ in it all signs change together, otherwise each by itself.</summary>
    public static MathNode Expand(MathNode node)
    {
        // In sets by their conditions every sign belongs to its own part.
        if (!node.Any(IsSign) || node.Kind is MathNodeKind.SetBuilder or MathNodeKind.Union or MathNodeKind.Intersection or MathNodeKind.Difference) return node;
        if (node.Kind is MathNodeKind.List or MathNodeKind.Set) return node.With([.. node.Items.SelectMany(Variants)]);
        return Variants(node).ToArray() is [_, _, ..] values ? MathNode.Named(MathNodeKind.List, ",", values) : node;
    }

    private static bool IsSign(MathNode node) => node.Kind == MathNodeKind.PlusMinus;

    private static IEnumerable<MathNode> Variants(MathNode node)
    {
        var signs = node.Count(IsSign);
        if (signs is 0 or > MaxSigns) return [node];
        var together = node.Any(n => IsSign(n) && n.Name == "-+");
        var choices = together ? new[] { 0, (1 << signs) - 1 } : Enumerable.Range(0, 1 << signs);
        return choices.Select(bits => Choose(node, ref bits));
    }

    /// <summary>Takes one bit for each sign: 1 is the lower sign.</summary>
    private static MathNode Choose(MathNode node, ref int bits)
    {
        var items = new MathNode[node.Items.Length];
        var isLower = false;
        if (IsSign(node))
        {
            isLower = (bits & 1) != 0;
            bits >>= 1;
        }
        for (var i = 0; i < items.Length; i++) items[i] = Choose(node.Items[i], ref bits);
        if (!IsSign(node)) return node.With(items);
        var signed = isLower != (node.Name == "-+") ? MathNode.Of(MathNodeKind.Negate, items[^1]) : items[^1];
        return items.Length == 1 ? signed : MathNode.Of(MathNodeKind.Sum, items[0], signed);
    }
}
