namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Computes expressions.</summary>
internal sealed class ExpressionEvaluator(TemplateRun run)
{
    public object? Value(Expression expression, Scope scope)
    {
        run.Line = expression.Line;
        run.GuardDepth();
        switch (expression)
        {
            case Expression.Constant constant:
                return constant.Value;
            case Expression.Variable variable:
                run.Step(scope.Depth / 8);
                return scope.Get(variable.Name);
            case Expression.Sequence sequence:
                var items = sequence.Items.Select(item => Value(item, scope));
                return sequence.IsTuple ? items.ToArray() : items.ToList();
            case Expression.Map map:
                return Map(map, scope);
            case Expression.Unary unary:
                return TemplateOperators.Unary(run, unary.Operator, Value(unary.Operand, scope));
            case Expression.Binary binary:
                return At(binary, Value(binary.Left, scope), Value(binary.Right, scope), (left, right) => TemplateOperators.Binary(run, binary.Operator, left, right));
            case Expression.Logical logical:
                var first = Value(logical.Left, scope);
                return TemplateValues.IsTrue(first) == logical.IsAnd ? Value(logical.Right, scope) : first;
            case Expression.Comparison comparison:
                return Compare(comparison, scope);
            case Expression.Conditional conditional:
                if (TemplateValues.IsTrue(Value(conditional.Condition, scope))) return Value(conditional.Then, scope);
                return conditional.Else is null ? new Undefined("an 'if' without 'else' has no value") : Value(conditional.Else, scope);
            case Expression.Attribute attribute:
                var owner = Value(attribute.Target, scope);
                run.Line = attribute.Line;
                return TemplateMembers.Attribute(run, owner, attribute.Name);
            case Expression.Index index:
                return At(index, Value(index.Target, scope), Value(index.Key, scope), (target, key) => TemplateMembers.Item(run, target, key));
            case Expression.Slice slice:
                return TemplateOperators.Slice(run, Value(slice.Target, scope), Bound(slice.Start, scope), Bound(slice.Stop, scope), Bound(slice.Step, scope));
            case Expression.Call call:
                return Call(call, scope);
            case Expression.Filter filter:
                return Filter(filter, Value(filter.Target!, scope), scope);
            case Expression.Test test:
                var tested = Value(test.Target, scope);
                return TemplateTests.Holds(tested, Arguments(test.Line, test.Name, test.Arguments, scope)) != test.IsNegated;
            default:
                throw run.Fail("an expression is not supported");
        }
    }

    /// <summary>Filters of a block: the innermost works on the block's text.</summary>
    public object? Filtered(Expression.Filter filter, string text, Scope scope) =>
        Filter(filter, filter.Target is Expression.Filter inner ? Filtered(inner, text, scope) : text, scope);

    private object? Filter(Expression.Filter filter, object? value, Scope scope) =>
        TemplateFilters.Apply(value, Arguments(filter.Line, filter.Name, filter.Arguments, scope));

    private object? At(Expression expression, object? a, object? b, Func<object?, object?, object?> compute)
    {
        run.Line = expression.Line;
        return compute(a, b);
    }

    private TemplateMap Map(Expression.Map map, Scope scope)
    {
        var result = new TemplateMap();
        foreach (var (key, value) in map.Items)
        {
            var name = Value(key, scope) as string ?? throw run.Fail("the key of a mapping is not a string");
            run.Read(name);
            result[name] = Value(value, scope);
        }
        return result;
    }

    private bool Compare(Expression.Comparison comparison, Scope scope)
    {
        var left = Value(comparison.First, scope);
        foreach (var (symbol, expression) in comparison.Rest)
        {
            var right = Value(expression, scope);
            run.Line = comparison.Line;
            var holds = symbol switch
            {
                "==" => TemplateValues.AreEqual(run, left, right),
                "!=" => !TemplateValues.AreEqual(run, left, right),
                "in" => TemplateOperators.Contains(run, right, left),
                "not in" => !TemplateOperators.Contains(run, right, left),
                "<" => TemplateValues.Compare(run, left, right) < 0,
                "<=" => TemplateValues.Compare(run, left, right) <= 0,
                ">" => TemplateValues.Compare(run, left, right) > 0,
                _ => TemplateValues.Compare(run, left, right) >= 0,
            };
            if (!holds) return false;
            left = right;
        }
        return true;
    }

    private object? Call(Expression.Call call, Scope scope)
    {
        var target = Value(call.Target, scope);
        run.Line = call.Line;
        if (target is Undefined missing) throw run.Fail(missing.Problem);
        if (target is not TemplateFunction function) throw run.Fail($"{TemplateValues.Kind(target)} cannot be called");
        return function.Call(Arguments(call.Line, function.Name, call.Arguments, scope).Paid());
    }

    private Arguments Arguments(int line, string name, CallArguments written, Scope scope)
    {
        object?[] positional = [.. written.Positional.Select(value => Value(value, scope))];
        var named = new Dictionary<string, object?>();
        foreach (var (key, value) in written.Named)
            if (!named.TryAdd(key, Value(value, scope))) throw run.Fail($"'{name}' has the argument '{key}' twice");
        run.Line = line;
        return new Arguments(run, name, positional, named);
    }

    private long? Bound(Expression? expression, Scope scope)
    {
        if (expression is null) return null;
        var value = Value(expression, scope);
        return value is null ? null : TemplateValues.Integer(value) ?? throw run.Fail($"the bound of a slice is {TemplateValues.Kind(value)}; expected a whole number");
    }
}
