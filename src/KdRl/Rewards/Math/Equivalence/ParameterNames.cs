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

    /// <summary>A sum with the constant of integration named as in the reference: x² + c is x² + C.</summary>
    public static MathNode AdoptConstant(MathNode reference, MathNode answer)
    {
        if (reference.Kind != MathNodeKind.Sum || answer.Kind != MathNodeKind.Sum || Constant(reference, answer) is not { } wanted || Constant(answer, reference) is not { } given) return answer;
        return wanted is "C" or "constant" || given is "C" or "constant" ? Rename(answer, new Dictionary<string, string> { [given] = wanted }) : answer;
    }

    /// <summary>The name of the constant that is a term of a sum, and nowhere else in either side.</summary>
    private static string? Constant(MathNode sum, MathNode other)
    {
        var name = Array.Find(sum.Items, i => i is { Kind: MathNodeKind.Symbol, Name: "C" or "c" or "K" or "k" or "C_1" or "constant" or "const" })?.Name;
        // a + b + c is a perimeter.
        var isPlain = Array.Exists(sum.Items, i => i is { Kind: MathNodeKind.Symbol, Name: "a" or "b" or "A" or "B" });
        return name is null || isPlain || sum.Count(IsIt) > 1 || other.Any(IsIt) ? null : name;

        bool IsIt(MathNode node) => node.Kind == MathNodeKind.Symbol && node.Name == name;
    }

    private static MathNode Rename(MathNode node, Dictionary<string, string> names) =>
        node.Kind == MathNodeKind.Symbol ? names.TryGetValue(node.Name, out var name) ? MathNode.Symbol(name) : node : node.With(Array.ConvertAll(node.Items, i => Rename(i, names)));
}
