using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Executes the statements of a template.</summary>
internal sealed class TemplateRenderer
{
    private enum Flow
    {
        Next, Break, Continue,
    }

    private readonly TemplateRun run = new();
    private readonly ExpressionEvaluator evaluator;

    private TemplateRenderer() => evaluator = new ExpressionEvaluator(run);

    /// <summary>The text of a template for these variables.</summary>
    /// <exception cref="TemplateException">It fails or overruns its budget.</exception>
    /// <exception cref="RefusedByTemplateException">It says so.</exception>
    public static string Render(IReadOnlyList<Statement> template, IEnumerable<KeyValuePair<string, object?>> variables)
    {
        var (renderer, scope, output) = (new TemplateRenderer(), new Scope(null), new StringBuilder());
        TemplateGlobals.AddTo(scope);
        foreach (var (name, value) in variables) scope.Set(name, value);
        renderer.Execute(template, scope, output);
        return output.ToString();
    }

    private Flow Execute(IReadOnlyList<Statement> body, Scope scope, StringBuilder output)
    {
        foreach (var statement in body)
        {
            run.Line = statement.Line;
            run.GuardDepth();
            var flow = Execute(statement, scope, output);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }

    private Flow Execute(Statement statement, Scope scope, StringBuilder output)
    {
        switch (statement)
        {
            case Statement.Text text:
                output.Append(run.Made(text.Value));
                return Flow.Next;
            case Statement.Output written:
                output.Append(run.Made(TemplateText.Of(run, evaluator.Value(written.Value, scope))));
                return Flow.Next;
            case Statement.If branches:
                foreach (var (test, body) in branches.Branches)
                    if (TemplateValues.IsTrue(evaluator.Value(test, scope))) return Execute(body, scope, output);
                return Execute(branches.Else, scope, output);
            case Statement.For loop:
                return Loop(loop, scope, output);
            case Statement.Set set:
                Assign(set.Target, evaluator.Value(set.Value, scope), scope);
                return Flow.Next;
            case Statement.SetBlock set:
                var block = new StringBuilder();
                var end = Execute(set.Body, new Scope(scope), block);
                var made = run.Made(block.ToString());
                Assign(set.Target, set.Filter is Expression.Filter filter ? evaluator.Filtered(filter, made, scope) : made, scope);
                return end;
            case Statement.Macro macro:
                scope.Set(macro.Name, new TemplateFunction(macro.Name, arguments => Call(macro, scope, arguments)));
                return Flow.Next;
            case Statement.Group group:
                return Execute(group.Body, scope, output);
            default:
                return ((Statement.Jump)statement).IsBreak ? Flow.Break : Flow.Continue;
        }
    }

    private Flow Loop(Statement.For loop, Scope scope, StringBuilder output)
    {
        var items = TemplateValues.Items(run, evaluator.Value(loop.Items, scope));
        if (loop.Condition is { } condition) items = [.. items.Where(item => TemplateValues.IsTrue(evaluator.Value(condition, Inner(loop, item, scope))))];
        // As in Jinja2, "else" runs unless a body was executed to its end: also when all of them were cut short.
        var (state, isElse) = (new LoopState(items), true);
        for (; state.Index < items.Count; state.Index++)
        {
            run.Line = loop.Line;
            run.Step();
            var inner = Inner(loop, items[state.Index], scope);
            inner.Set("loop", state);
            var flow = Execute(loop.Body, inner, output);
            isElse &= flow != Flow.Next;
            if (flow == Flow.Break) break;
        }
        return isElse ? Execute(loop.Else, scope, output) : Flow.Next;
    }

    private Scope Inner(Statement.For loop, object? item, Scope scope)
    {
        var inner = new Scope(scope);
        Assign(loop.Target, item, inner);
        return inner;
    }

    private void Assign(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case Expression.Variable variable:
                scope.Set(variable.Name, value);
                break;
            case Expression.Attribute { Target: Expression.Variable owner } attribute:
                if (scope.Get(owner.Name) is not TemplateNamespace space) throw run.Fail($"'{owner.Name}' is not a namespace; only a namespace's attributes can be set");
                space.Values[attribute.Name] = value;
                break;
            case Expression.Sequence names:
                var items = TemplateValues.Items(run, value);
                if (items.Count != names.Items.Count) throw run.Fail($"{items.Count} values are assigned to {names.Items.Count} names");
                for (var i = 0; i < items.Count; i++) Assign(names.Items[i], items[i], scope);
                break;
        }
    }

    private string Call(Statement.Macro macro, Scope scope, Arguments arguments)
    {
        run.GuardDepth();
        run.Step(macro.Parameters.Count);
        var (inner, output) = (new Scope(scope), new StringBuilder());
        arguments.Expect(macro.Parameters.Count, [.. macro.Parameters.Select(parameter => parameter.Name)]);
        for (var i = 0; i < macro.Parameters.Count; i++)
        {
            var (name, other) = macro.Parameters[i];
            inner.Set(name, arguments.TryGet(i, name, out var value) ? value
                : other is null ? new Undefined($"the parameter '{name}' was not given") : evaluator.Value(other, inner));
        }
        Execute(macro.Body, inner, output);
        return run.Made(output.ToString());
    }
}
