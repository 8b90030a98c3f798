namespace KdRl.Rewards;

/// <summary>Solves inequalities in one variable: linear ones, rational functions whose roots are found, and absolute values of such.</summary>
internal sealed class InequalitySolver(MathScope scope, bool mustBeSolved)
{
    /// <summary>The solutions of left sign right; null when it is of another kind or has another variable than the links before it.</summary>
    public RealSet? Solve(MathNode left, string sign, MathNode right, ref string? variable)
    {
        if (!scope.Budget.Spend(5)) return null;
        if (left is { Kind: MathNodeKind.Function, Name: "abs" }) return SolveAbs(left.Items[0], sign, right, ref variable);
        if (right is { Kind: MathNodeKind.Function, Name: "abs" }) return SolveAbs(right.Items[0], Mirror(sign), left, ref variable);
        if (left.IsInfinity || right.IsInfinity) return SolveInfinite(left, sign, right, ref variable);
        if (mustBeSolved && left.Kind != MathNodeKind.Symbol && right.Kind != MathNodeKind.Symbol) return null;
        var difference = MathNode.Of(MathNodeKind.Sum, left, MathNode.Of(MathNodeKind.Negate, right));
        if (Variable(difference, ref variable) is not { } name) return null;
        var forms = new NormalForm(scope);
        var index = forms.Variable(name);
        if (forms.Of(difference) is not { } form || !scope.Budget.Spend(forms.Budget.Steps)) return null;
        if (!forms.HasAtoms) return RationalInequality.Solve(form, index, sign, scope.Budget);
        return Linear(difference, name, form, index) is var (slope, root) ? Half(slope < 0 ? Mirror(sign) : sign, root) : null;
    }

    /// <summary>-∞ &lt; x and x &lt; ∞ say nothing.</summary>
    private static RealSet? SolveInfinite(MathNode left, string sign, MathNode right, ref string? variable)
    {
        var name = left.IsInfinity ? right : left;
        if (name.Kind != MathNodeKind.Symbol || (variable is not null && variable != name.Name) || sign is not ("<" or "<=" or ">" or ">=")) return null;
        variable = name.Name;
        return RealSet.All;
    }

    private RealSet? SolveAbs(MathNode inner, string sign, MathNode bound, ref string? variable)
    {
        // ||x|| is |x|; taken one by one, each would double the work.
        while (inner is { Kind: MathNodeKind.Function, Name: "abs" }) inner = inner.Items[0];
        var negative = MathNode.Of(MathNodeKind.Negate, bound);
        var below = Solve(inner, sign, bound, ref variable);
        var above = Solve(inner, Mirror(sign), negative, ref variable);
        if (below is null || above is null || sign is not ("<" or "<=" or ">" or ">=")) return null;
        return sign is "<" or "<=" ? RealSet.Intersection(below, above) : RealSet.Union(below, above);
    }

    private static string Mirror(string sign) => sign switch { "<" => ">", ">" => "<", "<=" => ">=", ">=" => "<=", _ => sign };

    private static RealSet? Half(string sign, RealEndpoint at) => sign switch
    {
        "<" or "<=" => RealSet.Between(RealEndpoint.MinusInfinity, at, false, sign == "<="),
        ">" or ">=" => RealSet.Between(at, RealEndpoint.PlusInfinity, sign == ">=", false),
        "=" => RealSet.Between(at, at, true, true),
        "!=" => RealSet.Between(at, at, true, true).Complement(),
        _ => null,
    };

    /// <summary>The only symbol, the same as before.</summary>
    private static string? Variable(MathNode node, ref string? variable)
    {
        var found = variable;
        var several = node.Any(n =>
        {
            if (n.Kind != MathNodeKind.Symbol || n.Name == found) return false;
            var other = found is not null;
            found ??= n.Name;
            return other;
        });
        return several ? null : variable = found;
    }

    /// <summary>Sign of the slope and root of a function that is linear in a variable and has roots and the like in it: three points lie on a line.</summary>
    private (int Slope, RealEndpoint Root)? Linear(MathNode node, string variable, RationalFunction form, int index)
    {
        if (form.Denominator.AsConstant is null || form.Numerator.Degree(index) != 1) return null;
        if (At(0) is not { } f0 || At(1) is not { } f1 || At(2) is not { } f2) return null;
        var rise = f1 - f0;
        return rise.IsZero || (f2 - f1 - rise).Magnitude > rise.Magnitude - 150 ? null : (rise.Sign, RealEndpoint.At(-f0 / rise));

        BigFloat? At(int x)
        {
            var evaluator = new MathEvaluator(scope);
            evaluator.Point[variable] = BigComplex.Of(new Rational(x));
            return evaluator.Of(node) is { IsReal: true } value ? value.Re : null;
        }
    }
}
