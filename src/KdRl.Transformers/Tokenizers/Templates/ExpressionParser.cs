using System.Globalization;
using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Jinja's expressions, from the loosest binding to the tightest.</summary>
internal sealed class ExpressionParser(TokenStream stream)
{
    /// <summary>An expression, or a tuple of them without parentheses.</summary>
    /// <param name="hasConditional">Whether <c>a if b else c</c> belongs to it; not after a block's <c>if</c> and <c>in</c>, where another <c>if</c> is refused or filters the loop.</param>
    public Expression Tuple(bool hasConditional = true)
    {
        var line = stream.Line;
        List<Expression> items = [hasConditional ? Whole() : Or()];
        if (!stream.IsOperator(",")) return items[0];
        while (stream.SkipOperator(",") && !IsAtEnd()) items.Add(hasConditional ? Whole() : Or());
        return new Expression.Sequence(line, items, IsTuple: true);
    }

    public Expression Whole()
    {
        stream.GuardDepth();
        var line = stream.Line;
        var value = Or();
        while (stream.SkipName("if"))
        {
            var test = Or();
            value = new Expression.Conditional(line, test, value, stream.SkipName("else") ? Whole() : null);
        }
        return value;
    }

    /// <summary>Filters after the name of the block that they belong to: <c>{% set x | trim %}</c>.</summary>
    public Expression? BlockFilters() => stream.IsOperator("|") ? Filters(null) : null;

    private bool IsAtEnd() => stream.Is(TemplateTokenKind.BlockEnd) || stream.Is(TemplateTokenKind.OutputEnd) || stream.IsOperator(")") || stream.IsOperator("=");

    private Expression Or() => Logical("or", () => Logical("and", Not));

    private Expression Logical(string word, Func<Expression> operand)
    {
        var left = operand();
        while (stream.IsName(word))
        {
            var line = stream.Next().Line;
            left = new Expression.Logical(line, word == "and", left, operand());
        }
        return left;
    }

    private Expression Not()
    {
        stream.GuardDepth();
        var line = stream.Line;
        return stream.SkipName("not") ? new Expression.Unary(line, "not", Not()) : Comparison();
    }

    private Expression Comparison()
    {
        var line = stream.Line;
        var (first, rest) = (Sum(), new List<(string, Expression)>());
        while (true)
        {
            if (stream.Is(TemplateTokenKind.Operator) && stream.Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=") rest.Add((stream.Next().Text, Sum()));
            else if (stream.SkipName("in")) rest.Add(("in", Sum()));
            else if (stream.IsName("not") && stream.IsNextName("in"))
            {
                stream.Next();
                stream.Next();
                rest.Add(("not in", Sum()));
            }
            else return rest.Count == 0 ? first : new Expression.Comparison(line, first, rest);
        }
    }

    private Expression Sum() => Binary(Concatenation, "+", "-");

    private Expression Concatenation() => Binary(Product, "~");

    private Expression Product() => Binary(Power, "*", "/", "//", "%");

    private Expression Power() => Binary(() => Unary(), "**");

    private Expression Binary(Func<Expression> operand, params ReadOnlySpan<string> operators)
    {
        var left = operand();
        while (stream.Is(TemplateTokenKind.Operator) && operators.Contains(stream.Current.Text))
        {
            var token = stream.Next();
            left = new Expression.Binary(token.Line, token.Text, left, operand());
        }
        return left;
    }

    private Expression Unary(bool hasFilters = true)
    {
        stream.GuardDepth();
        var line = stream.Line;
        var value = stream.IsOperator("-") || stream.IsOperator("+")
            ? new Expression.Unary(line, stream.Next().Text, Unary(hasFilters: false))
            : Primary();
        value = Postfix(value);
        return hasFilters ? Filters(value)! : value;
    }

    private Expression Primary()
    {
        var token = stream.Current;
        switch (token.Kind)
        {
            case TemplateTokenKind.Name:
                stream.Next();
                return token.Text switch
                {
                    "true" or "True" => new Expression.Constant(token.Line, true),
                    "false" or "False" => new Expression.Constant(token.Line, false),
                    "none" or "None" => new Expression.Constant(token.Line, null),
                    _ => new Expression.Variable(token.Line, token.Text),
                };
            case TemplateTokenKind.String:
                var text = new StringBuilder();
                while (stream.Is(TemplateTokenKind.String)) text.Append(stream.Next().Text);
                return new Expression.Constant(token.Line, text.ToString());
            case TemplateTokenKind.Integer:
                stream.Next();
                return long.TryParse(token.Text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
                    ? new Expression.Constant(token.Line, whole) : throw stream.Fail($"{token} is not a number of 64 bits");
            case TemplateTokenKind.Float:
                stream.Next();
                return new Expression.Constant(token.Line, double.Parse(token.Text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            case TemplateTokenKind.Operator when token.Text == "(":
                stream.Next();
                if (stream.SkipOperator(")")) return new Expression.Sequence(token.Line, [], IsTuple: true);
                var inner = Tuple();
                stream.ExpectOperator(")");
                return inner;
            case TemplateTokenKind.Operator when token.Text == "[":
                return new Expression.Sequence(token.Line, [.. Items("[", "]", Whole)], IsTuple: false);
            case TemplateTokenKind.Operator when token.Text == "{":
                return new Expression.Map(token.Line, [.. Items("{", "}", Pair)]);
            default:
                throw stream.Fail($"found {token}; expected an expression");
        }
    }

    private (Expression, Expression) Pair()
    {
        var key = Whole();
        stream.ExpectOperator(":");
        return (key, Whole());
    }

    private List<T> Items<T>(string open, string close, Func<T> item)
    {
        stream.ExpectOperator(open);
        var items = new List<T>();
        while (!stream.IsOperator(close))
        {
            if (items.Count > 0) stream.ExpectOperator(",");
            if (!stream.IsOperator(close)) items.Add(item());
        }
        stream.Next();
        return items;
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            var line = stream.Line;
            if (stream.SkipOperator("."))
            {
                value = stream.Is(TemplateTokenKind.Integer)
                    ? new Expression.Index(line, value, Primary())
                    : new Expression.Attribute(line, value, stream.Expect(TemplateTokenKind.Name, "the name of an attribute").Text);
            }
            else if (stream.IsOperator("[")) value = Subscript(value);
            else if (stream.IsOperator("(")) value = new Expression.Call(line, value, Arguments());
            else return value;
        }
    }

    private Expression Subscript(Expression target)
    {
        var line = stream.Next().Line;
        var start = stream.IsOperator(":") ? null : Whole();
        if (stream.SkipOperator("]")) return new Expression.Index(line, target, start ?? throw stream.Fail("an index is empty"));
        stream.ExpectOperator(":");
        var stop = stream.IsOperator(":") || stream.IsOperator("]") ? null : Whole();
        var step = stream.SkipOperator(":") && !stream.IsOperator("]") ? Whole() : null;
        stream.ExpectOperator("]");
        return new Expression.Slice(line, target, start, stop, step);
    }

    private CallArguments Arguments()
    {
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        Items("(", ")", () =>
        {
            if (stream.IsOperator("*") || stream.IsOperator("**")) throw stream.Fail($"argument unpacking with {stream.Current} is not supported");
            if (stream.Is(TemplateTokenKind.Name) && stream.IsNextOperator("="))
            {
                var name = stream.Next().Text;
                stream.Next();
                named.Add((name, Whole()));
            }
            else if (named.Count > 0) throw stream.Fail("an argument without a name follows one with a name");
            else positional.Add(Whole());
            return true;
        });
        return new CallArguments(positional, named);
    }

    private Expression? Filters(Expression? value)
    {
        while (true)
        {
            var line = stream.Line;
            if (stream.SkipOperator("|"))
            {
                var name = stream.Expect(TemplateTokenKind.Name, "the name of a filter").Text;
                if (!TemplateFilters.Exists(name)) throw new TemplateException(line, $"the filter '{name}' is not supported");
                value = new Expression.Filter(line, value, name, stream.IsOperator("(") ? Arguments() : CallArguments.None);
            }
            else if (value is not null && stream.SkipName("is")) value = Test(line, value);
            else if (value is not null && stream.IsOperator("(")) value = new Expression.Call(line, value, Arguments());
            else return value;
        }
    }

    private Expression.Test Test(int line, Expression value)
    {
        var isNegated = stream.SkipName("not");
        var token = stream.Expect(TemplateTokenKind.Name, "the name of a test");
        if (!TemplateTests.Exists(token.Text)) throw new TemplateException(line, $"the test '{token.Text}' is not supported");
        var arguments = CallArguments.None;
        if (stream.IsOperator("(")) arguments = Arguments();
        else if (stream.Current.Kind is TemplateTokenKind.String or TemplateTokenKind.Integer or TemplateTokenKind.Float || stream.IsOperator("[") || stream.IsOperator("{")
            || (stream.Is(TemplateTokenKind.Name) && stream.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not")))
            arguments = new CallArguments([Postfix(Primary())], []);
        return new Expression.Test(line, value, token.Text, arguments, isNegated);
    }
}
