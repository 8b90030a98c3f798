namespace KdRl.Rewards;

/// <summary>A node of a parsed answer. Which members matter depends on <see cref="Kind"/>.</summary>
internal sealed class MathNode
{
    /// <summary>The value of <see cref="Digits"/> of a number that is exact.</summary>
    public const int Exact = int.MinValue;

    private MathNode(MathNodeKind kind, MathNode[] items, string name = "") => (Kind, Items, Name) = (kind, items, name);

    public MathNodeKind Kind { get; }

    /// <summary>Operands, elements, members or arguments.</summary>
    public MathNode[] Items { get; }

    /// <summary>Name of a symbol, constant, function or text; the two brackets; the separator of a list; ± or ∓; the digits of a base number.</summary>
    public string Name { get; }

    /// <summary>Value of a number or base number.</summary>
    public Rational Number { get; private init; }

    /// <summary>Decimal places of a number, <see cref="Exact"/> for an integer; columns of a matrix; base of a base number.</summary>
    public int Digits { get; private init; } = Exact;

    /// <summary>Signs of a relation: one fewer than items.</summary>
    public string[] Signs { get; private init; } = [];

    /// <summary>Unit of a quantity.</summary>
    public MathUnit? Unit { get; private init; }

    public bool IsInfinity => Kind == MathNodeKind.Constant && Name == "infinity" || Kind == MathNodeKind.Negate && Items[0].IsInfinity;

    /// <summary>A number, its sign included.</summary>
    public bool IsLiteral => Kind == MathNodeKind.Number || (Kind == MathNodeKind.Negate && Items[0].Kind == MathNodeKind.Number);

    public static MathNode Literal(Rational value, int digits = Exact) => new(MathNodeKind.Number, []) { Number = value, Digits = digits };

    public static MathNode Symbol(string name) => new(MathNodeKind.Symbol, [], name);

    public static MathNode Constant(string name) => new(MathNodeKind.Constant, [], name);

    public static MathNode Text(string text) => new(MathNodeKind.Text, [], text);

    public static MathNode Of(MathNodeKind kind, params MathNode[] items) => new(kind, items);

    public static MathNode Named(MathNodeKind kind, string name, params MathNode[] items) => new(kind, items, name);

    public static MathNode Relation(MathNode[] items, string[] signs) => new(MathNodeKind.Relation, items) { Signs = signs };

    public static MathNode Quantity(MathNode value, MathUnit unit) => new(MathNodeKind.Quantity, [value]) { Unit = unit };

    public static MathNode Matrix(MathNode[] entries, int columns) => new(MathNodeKind.Matrix, entries) { Digits = columns };

    public static MathNode BaseNumber(string digits, int radix, Rational value) => new(MathNodeKind.BaseNumber, [], digits) { Digits = radix, Number = value };

    /// <summary>The same node with other items.</summary>
    public MathNode With(MathNode[] items) => new(Kind, items, Name) { Number = Number, Digits = Digits, Signs = Signs, Unit = Unit };

    /// <summary>Whether this node or one below it satisfies a condition.</summary>
    public bool Any(Func<MathNode, bool> condition) => condition(this) || Array.Exists(Items, i => i.Any(condition));

    /// <summary>How many nodes below and with this one satisfy a condition.</summary>
    public int Count(Func<MathNode, bool> condition) => (condition(this) ? 1 : 0) + Items.Sum(i => i.Count(condition));

    /// <summary>Some order of nodes, in which only those are level that differ in nothing but units; it says nothing of their values.</summary>
    public static int Compare(MathNode a, MathNode b)
    {
        if (ReferenceEquals(a, b)) return 0;
        var order = a.Kind.CompareTo(b.Kind);
        if (order == 0) order = a.Items.Length.CompareTo(b.Items.Length);
        if (order == 0) order = string.CompareOrdinal(a.Name, b.Name);
        if (order == 0) order = a.Number.CompareTo(b.Number);
        if (order == 0) order = a.Digits.CompareTo(b.Digits);
        for (var i = 0; i < a.Signs.Length && order == 0; i++) order = string.CompareOrdinal(a.Signs[i], b.Signs[i]);
        for (var i = 0; i < a.Items.Length && order == 0; i++) order = Compare(a.Items[i], b.Items[i]);
        return order;
    }
}
