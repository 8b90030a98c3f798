namespace KdRl.Rewards;

/// <content>Environments: matrices, rows of statements, functions by cases.</content>
internal sealed partial class MathParser
{
    private MathNode ParseMatrix()
    {
        List<MathNode> entries = [];
        int columns = 0, inRow = 0;
        while (!_failed && !Current.IsCommand("endmatrix"))
        {
            if (Take("\\\\"))
            {
                if (columns != 0 && inRow != columns) return Fail();
                (columns, inRow) = (inRow, 0);
                continue;
            }
            if (inRow > 0) Expect("&");
            entries.Add(Inside(ParseStatement));
            inRow++;
            if (Current.Kind == MathTokenKind.End) return Fail();
        }
        _at++;
        if (entries.Count == 0 || (inRow != 0 && columns != 0 && inRow != columns)) return Fail();
        if (columns == 0) columns = inRow;
        return _budget.AddNode() ? MathNode.Matrix([.. entries], columns) : Fail();
    }

    /// <summary>Rows as columns; a tuple counts as a row.</summary>
    private static MathNode Transposed(MathNode node)
    {
        if (node.Kind == MathNodeKind.Brackets) return MathNode.Matrix(node.Items, 1);
        var rows = node.Items.Length / node.Digits;
        return MathNode.Matrix([.. node.Items.Select((_, i) => node.Items[i % rows * node.Digits + i / rows])], rows);
    }

    /// <summary>Rows of statements, as in a system of equations, or the cases of a function.</summary>
    private MathNode ParseRows()
    {
        while (Take("\\\\")) { }
        var body = HasCases() ? Inside(ParseCases) : Inside(() => ParseList());
        if (!Current.IsCommand("endrows")) return Fail();
        _at++;
        return body;
    }

    /// <summary>Rows in an array behind a brace that stays open.</summary>
    private MathNode ParseBracedRows()
    {
        _at++;
        var body = HasCases() ? Inside(ParseCases) : Inside(() => ParseList());
        if (!Current.IsCommand("endmatrix")) return Fail();
        _at++;
        return body;
    }

    /// <summary>Whether the matrix that begins here is the only element of a set.</summary>
    private bool IsClosedBehindMatrix()
    {
        for (var i = _at; i < _tokens.Count; i++)
            if (_tokens[i].IsCommand("endmatrix")) return i + 1 < _tokens.Count && _tokens[i + 1].Is("\\}");
        return false;
    }

    /// <summary>Whether the first row has a second cell that does not go on with a relation: a condition.</summary>
    private bool HasCases()
    {
        for (var i = _at; i < _tokens.Count && !_tokens[i].Is("\\\\") && !(_tokens[i].Kind == MathTokenKind.Command && _tokens[i].Text.StartsWith("end", StringComparison.Ordinal)); i++)
            if (_tokens[i].Is("&")) return i > _at && i + 1 < _tokens.Count && !(_tokens[i + 1].Kind == MathTokenKind.Sign && _tokens[i + 1].Text is "=" or "<" or ">" or "<=" or ">=" or "&");
        return false;
    }

    /// <summary>Values and conditions in turn.</summary>
    private MathNode ParseCases()
    {
        List<MathNode> cases = [];
        while (!_failed && !(Current.Kind == MathTokenKind.Command && Current.Text.StartsWith("end", StringComparison.Ordinal)))
        {
            cases.Add(ParseStatement());
            Take(",");
            Expect("&");
            cases.Add(ParseCondition());
            Take(",");
            while (Take("\\\\")) { }
        }
        return Make(MathNodeKind.Cases, [.. cases]);
    }

    private MathNode ParseCondition()
    {
        while (Current.IsWord("if") || Current.IsWord("for") || Current.IsWord("when") || Current.IsWord("where")) _at++;
        if (!Current.IsWord("otherwise") && !Current.IsWord("else")) return ParseList(rowEnd: "");
        _at++;
        return MathNode.Text("otherwise");
    }
}
