namespace KdRl.Rewards;

/// <summary>Names of the parameters of a definition: f(t) = 2t is f(x) = 2x.</summary>
internal static class ParameterNames
{
    /// <summary>The value that an answer defines, with the parameters named as in the reference; as it is when the names say more.</summary>
    public static MathNode Adopt(MathNode reference, MathNode answer, MathNode value)
    {
        if (reference.Kind != MathNodeKind.Function || answer.Kind != MathNodeKind.Function || reference.Name != answer.Name || reference.Items.Length != answer.Items.Length) return value;
        Dictionary<string, string> names = [];
        for (var i = 0; i < answer.Items.Length; i++)
            if (reference.Items[i].Kind != MathNodeKind.Symbol || answer.Items[i].Kind != MathNodeKind.Symbol || !names.TryAdd(answer.Items[i].Name, reference.Items[i].Name)) return value;
        // f(t) = x + t is not f(x) = x + x.
        var isFree = value.Any(n => n.Kind == MathNodeKind.Symbol && names.ContainsValue(n.Name) && !names.ContainsKey(n.Name));
        return isFree ? value : Rename(value, names);
    }

    /// <summary>A formula with one parameter that is any whole number, named as in the reference: nπ, n ∈ ℤ is kπ, k ∈ ℤ.</summary>
    public static MathNode Adopt(string reference, string answer, MathNode formula) =>
        reference == answer || formula.Any(n => n.Kind == MathNodeKind.Symbol && n.Name == reference) ? formula : Rename(formula, new Dictionary<string, string> { [answer] = reference });

    private static MathNode Rename(MathNode node, Dictionary<string, string> names) =>
        node.Kind == MathNodeKind.Symbol ? names.TryGetValue(node.Name, out var name) ? MathNode.Symbol(name) : node : node.With(Array.ConvertAll(node.Items, i => Rename(i, names)));
}
