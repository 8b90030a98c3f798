namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Jinja's statements, as far as chat templates use them. Others are refused by name and line.</summary>
internal sealed class TemplateParser
{
    private const int LongestSource = 1 << 20;

    private readonly TokenStream stream;
    private readonly ExpressionParser expressions;
    private int loops;

    private TemplateParser(string source)
    {
        stream = new TokenStream(TemplateLexer.Tokens(source));
        expressions = new ExpressionParser(stream);
    }

    /// <exception cref="TemplateException">The template is not understood.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        if (source.Length > LongestSource) throw new TemplateException(1, $"the template has {source.Length} characters; at most {LongestSource} are accepted");
        var parser = new TemplateParser(source);
        return parser.Body("");
    }

    /// <summary>Statements up to a block that starts with one of the words, which is left in the stream after its <c>{%</c>.</summary>
    private List<Statement> Body(params ReadOnlySpan<string> ends)
    {
        stream.GuardDepth();
        var (line, body) = (stream.Line, new List<Statement>());
        while (true)
        {
            var token = stream.Next();
            switch (token.Kind)
            {
                case TemplateTokenKind.Text:
                    body.Add(new Statement.Text(token.Line, token.Text));
                    break;
                case TemplateTokenKind.OutputBegin:
                    body.Add(new Statement.Output(token.Line, expressions.Tuple()));
                    stream.Expect(TemplateTokenKind.OutputEnd, "'}}'");
                    break;
                case TemplateTokenKind.BlockBegin:
                    if (stream.Is(TemplateTokenKind.Name) && ends.Contains(stream.Current.Text)) return body;
                    body.Add(Block());
                    break;
                default:
                    return ends is [""] ? body : throw new TemplateException(line, $"the template ends before '{ends[^1]}'");
            }
        }
    }

    private Statement Block()
    {
        var token = stream.Expect(TemplateTokenKind.Name, "a statement");
        switch (token.Text)
        {
            case "if": return If(token.Line);
            case "for": return For(token.Line);
            case "set": return Set(token.Line);
            case "macro": return Macro(token.Line);
            case "generation":
                EndOfBlock();
                return new Statement.Group(token.Line, Closed("endgeneration"));
            case "break" or "continue":
                if (loops == 0) throw new TemplateException(token.Line, $"'{token.Text}' stands outside a loop");
                EndOfBlock();
                return new Statement.Jump(token.Line, token.Text == "break");
            default: throw new TemplateException(token.Line, $"the statement {token} is not supported here");
        }
    }

    private void EndOfBlock() => stream.Expect(TemplateTokenKind.BlockEnd, "'%}'");

    /// <summary>The body and the block that closes it.</summary>
    private List<Statement> Closed(string end)
    {
        var body = Body(end);
        stream.Next();
        EndOfBlock();
        return body;
    }

    private Statement.If If(int line)
    {
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        while (true)
        {
            var test = expressions.Tuple(hasConditional: false);
            EndOfBlock();
            branches.Add((test, Body("elif", "else", "endif")));
            var next = stream.Next().Text;
            if (next == "elif") continue;
            EndOfBlock();
            return new Statement.If(line, branches, next == "else" ? Closed("endif") : []);
        }
    }

    private Statement.For For(int line)
    {
        var target = Target();
        if (!stream.SkipName("in")) throw stream.Fail($"found {stream.Current}; expected 'in'");
        var items = expressions.Tuple(hasConditional: false);
        var condition = stream.SkipName("if") ? expressions.Whole() : null;
        if (stream.IsName("recursive")) throw stream.Fail("'recursive' loops are not supported");
        EndOfBlock();
        loops++;
        var body = Body("else", "endfor");
        loops--;
        var hasElse = stream.Next().Text == "else";
        EndOfBlock();
        return new Statement.For(line, target, items, condition, body, hasElse ? Closed("endfor") : []);
    }

    private Statement Set(int line)
    {
        var target = Target(mayBeAttribute: true);
        if (stream.SkipOperator("="))
        {
            var value = expressions.Tuple();
            EndOfBlock();
            return new Statement.Set(line, target, value);
        }
        var filters = expressions.BlockFilters();
        EndOfBlock();
        return new Statement.SetBlock(line, target, filters, Closed("endset"));
    }

    private Statement.Macro Macro(int line)
    {
        var name = stream.Expect(TemplateTokenKind.Name, "the name of a macro").Text;
        stream.ExpectOperator("(");
        List<(string, Expression?)> parameters = [];
        while (!stream.IsOperator(")"))
        {
            if (parameters.Count > 0) stream.ExpectOperator(",");
            var parameter = stream.Expect(TemplateTokenKind.Name, "the name of a parameter").Text;
            parameters.Add((parameter, stream.SkipOperator("=") ? expressions.Whole() : null));
        }
        stream.Next();
        EndOfBlock();
        var outside = loops;
        loops = 0;
        var body = Closed("endmacro");
        loops = outside;
        return new Statement.Macro(line, name, parameters, body);
    }

    /// <summary>A name, several names, or an attribute of a namespace.</summary>
    private Expression Target(bool mayBeAttribute = false)
    {
        var line = stream.Line;
        List<Expression> names = [];
        var isTuple = stream.SkipOperator("(");
        var hasParentheses = isTuple;
        do
        {
            if (names.Count > 0 && !stream.Is(TemplateTokenKind.Name)) break;
            var name = new Expression.Variable(stream.Line, stream.Expect(TemplateTokenKind.Name, "the name of a variable").Text);
            if (mayBeAttribute && stream.SkipOperator("."))
                return new Expression.Attribute(line, name, stream.Expect(TemplateTokenKind.Name, "the name of an attribute").Text);
            names.Add(name);
            isTuple |= stream.IsOperator(",");
        }
        while (stream.SkipOperator(","));
        if (hasParentheses) stream.ExpectOperator(")");
        return isTuple && (names.Count > 1 || !hasParentheses) ? new Expression.Sequence(line, names, IsTuple: true) : names[0];
    }
}
