namespace KdRl.Rewards;

/// <summary>Reads tokens as an answer: lists of statements of expressions. Recursive descent, one token of lookahead in nearly all places.</summary>
/// <remarks>
/// Nothing throws: the first thing that cannot be read sets <see cref="_failed"/> and jumps to the end, where every loop stops.
/// This file reads lists and statements; the others read expressions, their smallest parts, and units.
/// </remarks>
internal sealed partial class MathParser
{
    private static readonly MathToken End = new(MathTokenKind.End, "", false, false);
    private static readonly MathNode Nothing = MathNode.Text("");

    private readonly List<MathToken> _tokens;
    private readonly MathBudget _budget;
    private readonly bool _commasSeparate;
    private int _at;
    private int _depth;
    private int _bars;
    private bool _inBuilder;
    private bool _failed;

    private MathParser(List<MathToken> tokens, MathBudget budget, bool commasSeparate) => (_tokens, _budget, _commasSeparate) = (tokens, budget, commasSeparate);

    private MathToken Current => _at < _tokens.Count ? _tokens[_at] : End;

    /// <summary>The answer, or null when it is not mathematics that is known here or exceeds the budget.</summary>
    /// <param name="tokens">What <see cref="MathScanner"/> found; braceless arguments of commands are split in place.</param>
    /// <param name="budget">Limits the number of nodes and their nesting.</param>
    /// <param name="commasSeparate">A comma without brackets around never groups thousands.</param>
    public static MathNode? Parse(List<MathToken> tokens, MathBudget budget, bool commasSeparate = false)
    {
        if (MathDates.Read(tokens) is { } date) return date;
        var parser = new MathParser([.. tokens], budget, commasSeparate);
        var node = parser.ParseList();
        if (budget.IsExceeded) return null;
        return parser._failed || parser._at < parser._tokens.Count ? ParseNamed(tokens, budget) : node;
    }

    /// <summary>A value behind a name that cannot be read: \Pr(A|B) = 1/2. A name has no numbers and no other relation.</summary>
    private static MathNode? ParseNamed(List<MathToken> tokens, MathBudget budget)
    {
        if (tokens.FindLastIndex(IsOpaque) is var opaque and >= 0) return ParseCalculated(tokens, opaque, budget);
        var equals = tokens.FindLastIndex(t => t.Is("="));
        if (equals <= 0) return null;
        var name = tokens[..equals];
        // P(X = 1) is a name as a whole.
        if (name is [{ Kind: MathTokenKind.Letter, Text: "P" }, { Text: "(" or "[" }, .., _] && name.FindIndex(t => t.Is(")") || t.Is("]")) == equals - 1) name = name[..1];
        if (!name.TrueForAll(IsOfName)) return null;
        var parser = new MathParser(tokens[(equals + 1)..], budget, false);
        var value = parser.ParseSets();
        return parser._failed || parser._at < parser._tokens.Count || budget.IsExceeded ? null : MathNode.Relation([MathNode.Text(string.Join(' ', name.Select(t => t.Text))), value], ["="]);
    }

    /// <summary>Values behind what is never calculated here: \int_0^1 x dx = 1/2, 1 + 2 + … + n = n(n+1)/2.</summary>
    private static MathNode? ParseCalculated(List<MathToken> tokens, int opaque, MathBudget budget)
    {
        var (depth, equals) = (0, -1);
        for (var i = 0; i < tokens.Count && equals < 0; i++)
        {
            if (tokens[i].Kind != MathTokenKind.Sign) continue;
            if (tokens[i].Text is "(" or "[" or "{" or "\\{" or "|(") depth++;
            else if (IsClosing(tokens[i]) || tokens[i].Is(")|")) depth--;
            else if (depth == 0 && tokens[i].Text is "," or ";" or "or" or "and" or "<" or ">" or "<=" or ">=" or "!=" or "in") return null;
            else if (depth == 0 && tokens[i].Is("=") && i > opaque) equals = i;
        }
        if (equals < 0) return null;
        var parser = new MathParser(tokens[(equals + 1)..], budget, false);
        var value = parser.ParseStatement();
        if (parser._failed || parser._at < parser._tokens.Count || budget.IsExceeded) return null;
        var name = MathNode.Text(string.Join(' ', tokens.Take(equals).Select(t => t.Text)));
        return value.Kind == MathNodeKind.Relation ? MathNode.Relation([name, .. value.Items], ["=", .. value.Signs]) : MathNode.Relation([name, value], ["="]);
    }

    private static bool IsOpaque(MathToken token) => token.Kind == MathTokenKind.Sign && token.Text is "\\int" or "\\iint" or "\\oint" or "\\sum" or "\\prod" or "\\lim" or "dots";

    private static bool IsOfName(MathToken token) => token.Kind switch
    {
        MathTokenKind.Number => false,
        MathTokenKind.Word => !MathVocabulary.NotUnits.Contains(token.Text),
        MathTokenKind.Sign => token.Text is not ("," or ";" or "or" or "and" or "=" or "<" or ">" or "<=" or ">=" or "!=" or "in") && token.Text[0] != '\\',
        _ => true,
    };

    private MathToken Peek(int offset) => _at + offset < _tokens.Count && _at + offset >= 0 ? _tokens[_at + offset] : End;

    private MathNode Fail()
    {
        _failed = true;
        _at = _tokens.Count;
        return Nothing;
    }

    private bool Take(string sign)
    {
        if (!Current.Is(sign)) return false;
        _at++;
        return true;
    }

    private void Expect(string sign)
    {
        if (!Take(sign)) Fail();
    }

    private MathNode Make(MathNodeKind kind, params MathNode[] items) => _budget.AddNode() ? MathNode.Of(kind, items) : Fail();

    private MathNode Make(MathNodeKind kind, string name, params MathNode[] items) => _budget.AddNode() ? MathNode.Named(kind, name, items) : Fail();

    /// <summary>Reads something nested one level deeper.</summary>
    private MathNode Nested(Func<MathNode> parse)
    {
        if (++_depth > _budget.MaxDepth)
        {
            _budget.Exceed();
            return Fail();
        }
        var node = parse();
        _depth--;
        return node;
    }

    /// <summary>Statements with commas, semicolons, "and", "or" or row ends between them.</summary>
    private MathNode ParseList(string rowEnd = "\\\\")
    {
        List<MathNode> items = [ParseStatement()];
        var separator = ",";
        while (TakeSeparator(ref separator, rowEnd) || StartsCondition())
        {
            if (_at >= _tokens.Count || IsClosing(Current) || (rowEnd.Length == 0 && Current.Is("\\"))) break;
            // A row that begins with a sign goes on with the chain of the row before.
            if (Peek(-1).Is("\\\\") && IsRelation(Current)) items[^1] = ParseChain(items[^1]);
            else items.Add(StartsCondition() ? Nested(ParseBrackets) : ParseStatement());
        }
        return items is [var only] ? only : Make(MathNodeKind.List, separator, [.. items]);
    }

    /// <summary>A condition behind a statement: (k \in \mathbb{Z}).</summary>
    private bool StartsCondition() => Current.Is("(") && Peek(1).Kind == MathTokenKind.Letter && Peek(2).Is("in");

    private bool TakeSeparator(ref string separator, string rowEnd)
    {
        var taken = false;
        while (Current is { Kind: MathTokenKind.Sign, Text: var text } && (text is "," or ";" or "or" or "and" || text == rowEnd))
        {
            if (text is "or" or "and") separator = text;
            _spacedComma |= text == ";" || (text == "," && Peek(1).SpaceBefore);
            taken = true;
            _at++;
        }
        return taken;
    }

    private static bool IsClosing(MathToken token) => token.Kind == MathTokenKind.Sign && token.Text is ")" or "]" or "}" or "\\}" || token.Kind == MathTokenKind.Command && token.Text.StartsWith("end", StringComparison.Ordinal);

    private static bool IsSeparator(MathToken token) => token.Kind == MathTokenKind.End || IsClosing(token) || (token.Kind == MathTokenKind.Sign && token.Text is "," or ";" or "or" or "and" or "\\\\" or "&");

    /// <summary>A phrase, an expression, or a chain of relations.</summary>
    private MathNode ParseStatement()
    {
        while (Take("&") || Take("~=") || (_at == 0 && Take("="))) { }
        return ParseChain(TryExceptions() ?? TryText() ?? ParseSets());
    }

    /// <summary>Goes on behind the first member of a chain of relations, or behind a chain in the row before.</summary>
    private MathNode ParseChain(MathNode first)
    {
        if (!IsRelation(Current)) return ParseModulus(first);
        List<MathNode> items = first.Kind == MathNodeKind.Relation ? [.. first.Items] : [first];
        List<string> signs = [.. first.Signs];
        while (IsRelation(Current))
        {
            signs.Add(Current.Text);
            _at++;
            while (Take("&")) { }
            items.Add(TryText() ?? ParseSets());
        }
        if (!_budget.AddNode()) return Fail();
        return ParseModulus(MathNode.Relation([.. items], [.. signs]));
    }

    private bool IsRelation(MathToken token)
    {
        if (token.Is("&") && Peek(1).Is("=")) _at++;
        return Current.Kind == MathTokenKind.Sign && Current.Text is "=" or "<" or ">" or "<=" or ">=" or "!=" or "~=" or "in" or "equiv";
    }

    private MathNode ParseModulus(MathNode node)
    {
        var grouped = Current.Is("(") && Peek(1).IsWord("mod");
        if (Current.IsCommand("pmod") || Current.IsCommand("mod") || Current.IsWord("mod") || grouped)
        {
            var command = Current.IsCommand("pmod");
            _at += grouped ? 2 : 1;
            node = Make(MathNodeKind.Function, "mod", node, command ? ParseArgument() : ParseSum());
            if (grouped) Expect(")");
        }
        return node;
    }

    /// <summary>"all real numbers except 1 and 2"; null when other words stand here.</summary>
    private MathNode? TryExceptions()
    {
        var end = _at;
        while (end < _tokens.Count && _tokens[end].Kind == MathTokenKind.Word && _tokens[end].Text.ToLowerInvariant() is "all" or "any" or "every" or "the" or "real" or "reals" or "number" or "numbers" or "values") end++;
        if (end == _at || !(Peek(end - _at).IsWord("except") || Peek(end - _at).IsWord("excluding")) || !_tokens.GetRange(_at, end - _at).Exists(t => t.IsWord("real") || t.IsWord("reals"))) return null;
        _at = end + 1;
        if (Current.IsWord("for")) _at++;
        var list = Nested(() => ParseList());
        var exceptions = list.Kind == MathNodeKind.List ? list.Items : [list];
        return Make(MathNodeKind.Difference, MathNode.Symbol("reals"), Make(MathNodeKind.Set, [.. exceptions.Select(e => EqualityChain.IsEquality(e) ? e.Items[^1] : e)]));
    }

    /// <summary>Words up to the next separator, with nothing to calculate among them.</summary>
    private MathNode? TryText()
    {
        var words = 0;
        var end = _at;
        for (; end < _tokens.Count && !IsSeparator(_tokens[end]) && !_tokens[end].Is("="); end++)
        {
            var token = _tokens[end];
            if (token.Kind == MathTokenKind.Word && !IsMathematicalWord(token.Text)) words++;
            else if (token is { Kind: MathTokenKind.Letter, Text: "pi" } || (token.Kind is not (MathTokenKind.Word or MathTokenKind.Letter) && !(token.Is("-") || token.Is("'") || token.Is("/") || token.Is(":") || token.Is(".")))) return null;
        }
        if (words == 0 || (_tokens[_at].Kind == MathTokenKind.Letter && Peek(1).Is("/"))) return null;
        var parts = _tokens.GetRange(_at, end - _at).Where(t => t.Kind is MathTokenKind.Word or MathTokenKind.Letter).Select(t => t.Text.ToLowerInvariant()).ToArray();
        _at = end;
        if (parts is [.. { Length: > 0 } others, "only"]) parts = others;
        return NumberWords(parts) is { } number ? MathNode.Literal(number) : MathPhrases.Canonical(string.Join(' ', parts));
    }

    private static bool IsMathematicalWord(string word) =>
        MathVocabulary.Functions.ContainsKey(word) || word is "infinity" or "reals" or "emptyset" or "integers" or "naturals" or "rationals" or "complexes";

    private static Rational? NumberWords(string[] words) => words switch
    {
        [var one] when MathVocabulary.Numbers.TryGetValue(one, out var value) => new Rational(value),
        [var tens, var ones] when MathVocabulary.Numbers.TryGetValue(tens, out var t) && MathVocabulary.Numbers.TryGetValue(ones, out var o) && t >= 20 && o is > 0 and < 10
            => new Rational(t + o),
        _ => null,
    };
}
