namespace KdRl.Rewards;

/// <content>Brackets of every kind, and environments.</content>
internal sealed partial class MathParser
{
    private int _brackets;
    private bool _spacedComma;

    /// <summary>Round or square brackets, also as half-open and reversed intervals; around one expression they only group.</summary>
    private MathNode ParseBrackets()
    {
        var open = Current.Text;
        _at++;
        var list = Inside(() => ParseList());
        var close = Current.Text;
        if (!Current.Is(")") && !Current.Is("]") && !(Current.Is("[") && list.Kind == MathNodeKind.List)) return Fail();
        _at++;
        if (list is not { Kind: MathNodeKind.List, Name: "," }) return open == "]" ? Fail() : list;
        // Reversed brackets: ]a,b[ is open at both ends.
        if (open == "]" || close == "[") (open, close) = (open == "]" ? "(" : "[", close == "[" ? ")" : "]");
        return Make(MathNodeKind.Brackets, open + close, list.Items);
    }

    private MathNode ParseSet()
    {
        _at++;
        if (Take("\\}")) return MathNode.Symbol("emptyset");
        if (Current.IsCommand("beginmatrix") && !IsClosedBehindMatrix()) return Nested(ParseBracedRows);
        var outer = _inBuilder;
        _inBuilder = true;
        var members = Inside(() => ParseList());
        _inBuilder = outer;
        if (Take("mid") || Take("|") || Take(":"))
        {
            var condition = Inside(() => ParseList());
            Expect("\\}");
            return Make(MathNodeKind.SetBuilder, members, condition);
        }
        // A brace that LaTeX would not show still closes what \{ opened in plain text.
        Expect("\\}");
        return Make(MathNodeKind.Set, members.Kind == MathNodeKind.List ? members.Items : [members]);
    }

    /// <summary>LatexBraces that LaTeX does not show; around a list they are a set in plain text.</summary>
    private MathNode ParseGroup()
    {
        _at++;
        if (Take("}")) return _at == 2 && _tokens.Count == 2 ? MathNode.Symbol("emptyset") : Fail();
        var body = Inside(() => ParseList());
        if (Current.IsCommand("choose") || Current.IsCommand("over"))
        {
            var name = Current.Text;
            _at++;
            var below = ParseSum();
            body = name == "choose" ? Make(MathNodeKind.Function, "binom", body, below) : Make(MathNodeKind.Quotient, body, below);
        }
        Expect("}");
        return body is { Kind: MathNodeKind.List, Name: "," } ? Make(MathNodeKind.Set, body.Items) : body;
    }

    /// <summary>Absolute values and their like, where opening and closing sign may be the same.</summary>
    private MathNode ParseBars(string close, string name)
    {
        _at++;
        var outer = _bars;
        _bars = close == "|" ? 1 : 0;
        var body = ParseSum();
        _bars = outer;
        Expect(close);
        return Make(MathNodeKind.Function, name, body);
    }

    /// <summary>Reads between brackets: a bar opens an absolute value again, a comma separates.</summary>
    private MathNode Inside(Func<MathNode> parse)
    {
        var (bars, spaced) = (_bars, _spacedComma);
        (_bars, _spacedComma) = (0, false);
        _brackets++;
        var node = parse();
        _brackets--;
        (_bars, _spacedComma) = (bars, spaced);
        return node;
    }
}
