namespace KdRl.Rewards;

/// <summary>Writes expressions as rational functions of their symbols.</summary>
/// <remarks>
/// What is no rational function (roots, logarithms, pi) becomes a variable of its own, named by its own normal form: equal
/// normal forms then still mean equal expressions, but different ones decide nothing (<see cref="HasAtoms"/>).
/// </remarks>
internal sealed class NormalForm(MathScope scope)
{
    private readonly Dictionary<string, int> _variables = [];

    /// <summary>Limits this attempt, so that one without result leaves steps for a comparison at points.</summary>
    public MathBudget Budget { get; } = scope.Budget.Attempt(MathBudget.FormSteps);

    /// <summary>Some part was no rational function.</summary>
    public bool HasAtoms { get; private set; }

    /// <summary>The number of a symbol, given in order of appearance.</summary>
    public int Variable(string name)
    {
        if (!_variables.TryGetValue(name, out var index)) _variables[name] = index = _variables.Count;
        return index;
    }

    /// <summary>The normal form; null when there is none within the budget, or the node is no expression.</summary>
    public RationalFunction? Of(MathNode node)
    {
        if (!Budget.Spend(1)) return null;
        switch (node.Kind)
        {
            case MathNodeKind.Number or MathNodeKind.BaseNumber: return RationalFunction.Of(Polynomial.Constant(node.Number));
            case MathNodeKind.Symbol: return Atom(node.Name);
            case MathNodeKind.Constant when node.Name != "infinity": return Opaque("#" + node.Name);
            case MathNodeKind.Negate: return Of(node.Items[0])?.Negate();
            case MathNodeKind.Degree: return Of(node.Items[0]);
            case MathNodeKind.Percent: return Of(node.Items[0]) is { } value ? new RationalFunction(value.Numerator.Scale(new Rational(1, 100)), value.Denominator) : null;
            case MathNodeKind.Sum: return Combine(node.Items, RationalFunction.Add);
            case MathNodeKind.Product: return Combine(node.Items, RationalFunction.Multiply);
            case MathNodeKind.Quotient: return Of(node.Items[0]) is { } above && Of(node.Items[1]) is { } below ? Divide(above, below) : null;
            case MathNodeKind.Power: return Power(node);
            case MathNodeKind.Function when node.Name == "mixed": return Combine(node.Items, RationalFunction.Add);
            case MathNodeKind.Function: return Function(node);
            default: return null;
        }
    }

    private RationalFunction Atom(string key) => RationalFunction.Of(Polynomial.Variable(Variable(key)));

    private RationalFunction Opaque(string key)
    {
        HasAtoms = true;
        return Atom(key);
    }

    private RationalFunction? Combine(MathNode[] items, Func<RationalFunction, RationalFunction, MathBudget, RationalFunction?> combine)
    {
        RationalFunction? total = null;
        foreach (var item in items)
        {
            if (Of(item) is not { } value) return null;
            total = total is null ? value : combine(total, value, Budget);
            if (total is null) return null;
        }
        return total;
    }

    private RationalFunction? Divide(RationalFunction above, RationalFunction below)
    {
        if (!below.Numerator.IsZero) return RationalFunction.Divide(above, below, Budget);
        scope.Undefined();
        return null;
    }

    private RationalFunction? Power(MathNode node)
    {
        if (Of(node.Items[0]) is not { } value) return null;
        if (ExactValue.Of(node.Items[1], scope) is { } exponent)
        {
            if (value.AsConstant is { } constant && ExactValue.Pow(constant, exponent, scope) is { } exact) return RationalFunction.Of(Polynomial.Constant(exact));
            if (exponent.IsInteger && System.Numerics.BigInteger.Abs(exponent.Numerator) <= 400 && value.AsConstant is null)
            {
                var n = (int)exponent.Numerator;
                var power = RationalFunction.Pow(value, Math.Abs(n), Budget);
                return power is null || n >= 0 ? power : Divide(RationalFunction.Of(Polynomial.One), power);
            }
            return Opaque($"({value})^{exponent}");
        }
        return Of(node.Items[1]) is { } symbolic ? Opaque($"({value})^({symbolic})") : null;
    }

    private RationalFunction? Function(MathNode node)
    {
        if (ExactValue.Of(node, scope) is { } exact) return RationalFunction.Of(Polynomial.Constant(exact));
        List<string> arguments = [];
        foreach (var item in node.Items)
        {
            if (Of(item) is not { } argument) return null;
            arguments.Add(argument.ToString());
        }
        var degrees = node.Any(n => n.Kind == MathNodeKind.Degree) ? "deg" : "";
        var key = $"{node.Name}{degrees}({string.Join(';', arguments)})";
        // A function that only has a name is as free as a symbol.
        return MathEvaluator.Knows(node.Name) ? Opaque(key) : Atom(key);
    }
}
