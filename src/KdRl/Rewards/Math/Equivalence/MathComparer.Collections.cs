namespace KdRl.Rewards;

/// <content>Lists, sets, tuples and named values side by side.</content>
internal sealed partial class MathComparer
{
    /// <summary>Longest list whose order does not matter; comparing is quadratic.</summary>
    private const int MaxUnordered = 128;

    /// <summary>Brackets of a matrix, which may be round or square.</summary>
    private const string AnyBrackets = "";

    private static bool IsCollection(MathNode node) => node.Kind is MathNodeKind.List or MathNodeKind.Set or MathNodeKind.Brackets;

    private bool CompareCollections(MathNode reference, MathNode answer)
    {
        var (a, b) = (AsCollection(reference), AsCollection(answer));
        if (a is null) return b is not null && Single(b) is { } only && AreEqual(reference, only);
        if (b is null) return Single(a) is { } only && AreEqual(only, answer);
        if (Names(a) is { } names) return CompareNamed(a, names, b);
        if (Names(b) is { } given) return CompareWithNamed(a, b, given);
        // {(1,2)} is the point in it.
        if (a.Kind != b.Kind && (a.Kind == MathNodeKind.Set ? a : b.Kind == MathNodeKind.Set ? b : null) is { Items: [{ Kind: MathNodeKind.Brackets } point] } set)
            return ReferenceEquals(set, a) ? AreEqual(point, b) : AreEqual(a, point);
        if (a.Items.Length != b.Items.Length) return false;
        if (a.Kind == MathNodeKind.Brackets && b.Kind == MathNodeKind.Brackets) return (a.Name == b.Name || a.Name == AnyBrackets || b.Name == AnyBrackets || a.Items.Length > 2) && AreEqualInOrder(a.Items, b.Items);
        if (a.Kind == MathNodeKind.Brackets || b.Kind == MathNodeKind.Brackets) return scope.Options.IgnoreBrackets && !IsInterval(a, b) && AreEqualInOrder(a.Items, b.Items);
        return scope.Options.OrderedLists && a.Kind == MathNodeKind.List && b.Kind == MathNodeKind.List
            ? AreEqualInOrder(a.Items, b.Items)
            : AreEqualInAnyOrder(a.Items, b.Items);
    }

    /// <summary>[-3, 3] beside {-3, 3}, which are its ends only.</summary>
    private static bool IsInterval(MathNode a, MathNode b) => a.Items.Length == 2 && (a.Name == "[]" || b.Name == "[]") && (a.Kind == MathNodeKind.Set || b.Kind == MathNodeKind.Set);

    /// <summary>3i + 4j beside another such sum or a tuple; null when neither side is one, or only one beside something else.</summary>
    private bool? CompareUnitVectors(MathNode reference, MathNode answer)
    {
        var (a, b) = (UnitVectors.Read(reference) ?? Coordinates(reference), UnitVectors.Read(answer) ?? Coordinates(answer));
        return a is null || b is null || (IsTuple(reference) && IsTuple(answer)) ? null : AreEqualInOrder(a, b);
    }

    private static MathNode[]? Coordinates(MathNode node) => IsTuple(node) ? node.Items : null;

    private static bool IsTuple(MathNode node) => node is { Kind: MathNodeKind.Brackets, Name: "()" or AnyBrackets } || (node.Kind == MathNodeKind.Matrix && (node.Digits == 1 || node.Digits == node.Items.Length));

    /// <summary>The one thing that a collection says: the element of a set, or a value written in several ways ("1/2 or 0.5").</summary>
    private MathNode? Single(MathNode node)
    {
        var first = node.Items[0];
        // {5} may stand for 5, but {∅} is not empty.
        if (node.Kind == MathNodeKind.Set) return node.Items.Length == 1 && !RealSetReader.IsCertain(first) ? first : null;
        if (node.Kind != MathNodeKind.List) return null;
        return node.Name == "or" && node.Items.Skip(1).All(i => AreEqual(first, i)) ? first : null;
    }

    /// <summary>The collection that a node is: a vector for a matrix of one row or column, lists with the name of their first element taken off.</summary>
    private MathNode? AsCollection(MathNode node)
    {
        if (node.Kind == MathNodeKind.Matrix && (node.Digits == 1 || node.Digits == node.Items.Length)) return MathNode.Named(MathNodeKind.Brackets, AnyBrackets, node.Items);
        if (node.Kind == MathNodeKind.Matrix)
            return MathNode.Named(MathNodeKind.Brackets, AnyBrackets, [.. node.Items.Chunk(node.Digits).Select(row => MathNode.Named(MathNodeKind.Brackets, AnyBrackets, row))]);
        if (node.Kind == MathNodeKind.List && EqualityChain.IsEquality(node.Items[0]) && node.Items.Skip(1).All(i => i.Kind != MathNodeKind.Relation))
            return Read(node.Items[0]) is { IsBroken: false, Name: not null, Value: { } first } ? MathNode.Named(MathNodeKind.List, node.Name, [first, .. node.Items[1..]]) : node;
        // P(3,-1) is a point with its name.
        if (node is { Kind: MathNodeKind.Function, Items.Length: > 1, Name: [>= 'A' and <= 'Z', ..] }) return MathNode.Named(MathNodeKind.Brackets, "()", node.Items);
        return IsCollection(node) ? node : null;
    }

    /// <summary>The names in a list whose elements are all named; null for others.</summary>
    private (string Name, MathNode Value)[]? Names(MathNode node)
    {
        if (node.Kind == MathNodeKind.Brackets || node.Items.Length == 0 || !Array.TrueForAll(node.Items, EqualityChain.IsEquality)) return null;
        var named = new (string, MathNode)[node.Items.Length];
        for (var i = 0; i < named.Length; i++)
        {
            if (Read(node.Items[i]) is not { IsBroken: false, Name: { Kind: MathNodeKind.Symbol } name, Value: { } value }) return null;
            named[i] = (name.Name, value);
        }
        return named;
    }

    private bool CompareNamed(MathNode reference, (string Name, MathNode Value)[] a, MathNode answer)
    {
        if (Names(answer) is { } b)
        {
            if (a.Length != b.Length) return false;
            if (IsOneName(a) && IsOneName(b)) return BaseName(a[0].Name) == BaseName(b[0].Name) && AreEqualInAnyOrder(Values(a), Values(b));
            return a.All(p => b.Count(q => q.Name == p.Name) == 1 && AreEqual(p.Value, b.Single(q => q.Name == p.Name).Value));
        }
        if (answer.Items.Any(i => i.Kind == MathNodeKind.Relation)) return answer.Items.Length == reference.Items.Length && AreEqualInAnyOrder(reference.Items, answer.Items);
        return IsOneName(a) && answer.Kind != MathNodeKind.Brackets ? AreEqualInAnyOrder(Values(a), answer.Items) : AreEqualInOrder(Values(a), answer.Items) || AreEqualInOrder(Values(ByName(a)), answer.Items);
    }

    /// <summary>Named values against a tuple or list without names: in the order given, or as a set of solutions of one unknown.</summary>
    private bool CompareWithNamed(MathNode reference, MathNode answer, (string Name, MathNode Value)[] given)
    {
        if (reference.Items.Any(i => i.Kind == MathNodeKind.Relation)) return answer.Items.Length == reference.Items.Length && AreEqualInAnyOrder(reference.Items, answer.Items);
        return IsOneName(given) && reference.Kind != MathNodeKind.Brackets
            ? AreEqualInAnyOrder(reference.Items, Values(given))
            : AreEqualInOrder(reference.Items, Values(given)) || AreEqualInOrder(reference.Items, Values(ByName(given)));
    }

    private static (string Name, MathNode Value)[] ByName((string Name, MathNode Value)[] named) => [.. named.OrderBy(n => n.Name, StringComparer.Ordinal)];

    private static MathNode[] Values((string Name, MathNode Value)[] named) => [.. named.Select(n => n.Value)];

    /// <summary>All values are of one unknown: x = 1, x = 2, or x_1 = 1, x_2 = 2; but a_1 and a_2 are terms of a sequence.</summary>
    private static bool IsOneName((string Name, MathNode Value)[] named) =>
        named.All(n => n.Name == named[0].Name) || (named.All(n => BaseName(n.Name) == BaseName(named[0].Name)) && BaseName(named[0].Name) is "x" or "y" or "z" or "t" or "r" or "w" or "lambda" or "theta");

    private static string BaseName(string name) => name.Split('_')[0];

    private bool AreEqualInOrder(MathNode[] a, MathNode[] b)
    {
        if (a.Length != b.Length) return false;
        for (var i = 0; i < a.Length; i++)
            if (!AreEqual(a[i], b[i])) return false;
        return true;
    }

    private static bool IsInequality(MathNode node) => node.Kind == MathNodeKind.Relation && !EqualityChain.IsEquality(node);

    private static IEnumerable<string> Symbols(MathNode node) => node.Kind == MathNodeKind.Symbol ? [node.Name] : node.Items.SelectMany(Symbols);

    /// <summary>Every element has its own partner: as multisets.</summary>
    private bool AreEqualInAnyOrder(MathNode[] a, MathNode[] b)
    {
        if (a.Length != b.Length || a.Length > MaxUnordered) return a.Length == b.Length && AreEqualInOrder(a, b);
        var free = b.ToList();
        // A condition by itself says the same of any variable; beside conditions on others it does not.
        var areNamed = Array.Exists(a, IsInequality) && a.SelectMany(Symbols).Distinct().Count() > 1;
        // 5 red and 7 blue are not 7 red and 5 blue.
        var areCounted = a.Select(i => i.Unit?.Words ?? "").Distinct().Count() > 1;
        foreach (var item in a)
        {
            var at = free.FindIndex(other => AreEqual(item, other) && (!areNamed || Symbols(item).ToHashSet().SetEquals(Symbols(other))) && (!areCounted || AreSameThings(item.Unit, other.Unit)));
            if (at < 0) return false;
            free.RemoveAt(at);
        }
        return true;
    }
}
