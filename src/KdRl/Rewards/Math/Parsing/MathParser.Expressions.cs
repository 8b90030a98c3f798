namespace KdRl.Rewards;

/// <content>Sums, products, powers and their signs.</content>
internal sealed partial class MathParser
{
    /// <summary>Unions, intersections and differences of what <see cref="ParseRatio"/> reads.</summary>
    private MathNode ParseSets()
    {
        var left = ParseRatio();
        while (Current.Kind == MathTokenKind.Sign)
        {
            MathNodeKind kind;
            if (Take("union")) kind = MathNodeKind.Union;
            else if (Take("inter")) kind = MathNodeKind.Intersection;
            else if (Take("minus")) kind = MathNodeKind.Difference;
            else break;
            left = Make(kind, left, ParseRatio());
        }
        return left;
    }

    private MathNode ParseRatio()
    {
        var first = ParseSum();
        if (_inBuilder || !(Current.Is(":") || Current.IsWord("to"))) return first;
        List<MathNode> items = [first];
        while (Take(":") || TakeWord("to")) items.Add(ParseSum());
        var ratio = Make(MathNodeKind.Ratio, [.. items]);
        // 7:30 pm
        return items[^1] is { Kind: MathNodeKind.Quantity, Unit: { Dimension: "am^1" or "pm^1" } half } last
            ? Quantity(Make(MathNodeKind.Ratio, [.. items[..^1], last.Items[0]]), half)
            : ratio;
    }

    private MathNode ParseSum()
    {
        List<MathNode> terms = [ParseTerm()];
        while (Current.Kind == MathTokenKind.Sign && Current.Text is "+" or "-" or "+-" or "-+")
        {
            var sign = Current.Text;
            _at++;
            var term = ParseTerm();
            // ℝ - {0}
            if (sign == "-" && term.Kind == MathNodeKind.Set) terms = [Make(MathNodeKind.Difference, Join(terms), term)];
            else if (sign is "+-" or "-+") terms = [Make(MathNodeKind.PlusMinus, sign, Join(terms), term)];
            else terms.Add(sign == "-" ? Make(MathNodeKind.Negate, term) : term);
        }
        return Join(terms);

        MathNode Join(List<MathNode> parts) => parts is [var only] ? only : Make(MathNodeKind.Sum, [.. parts]);
    }

    private MathNode ParseTerm()
    {
        var left = ParseSigned();
        while (true)
        {
            if (Take("*")) left = WithUnits(left, ParseFactor(left), 1);
            else if (Current.Is("/") && !IsUnitAfterSlash()) left = Divide(left);
            else if (Current.IsCommand("frac") && left.Kind != MathNodeKind.Quantity && TryUnitFraction() is { } rate) left = Quantity(left, rate);
            else if (StartsFactor()) left = Multiply(left, ParsePower());
            else if (Current.IsWord("U") || (Current is { Kind: MathTokenKind.Letter, Text: "U" } && IsBracket(Peek(1)))) return TakeUnionLetter(left);
            else if (TryUnit(left) is { } quantity) left = ParseSmallerUnits(quantity);
            else return left;
        }
    }

    private MathNode TakeUnionLetter(MathNode left)
    {
        _at++;
        return Make(MathNodeKind.Union, left, Nested(ParseRatio));
    }

    private MathNode Divide(MathNode left)
    {
        _at++;
        return WithUnits(left, ParseFactor(left), -1);
    }

    private static bool IsBracket(MathToken token) => token.Is("(") || token.Is("[") || token.Is("\\{") || token.Is("]");

    private MathNode Multiply(MathNode left, MathNode right) => left.Kind == MathNodeKind.Product
        ? Make(MathNodeKind.Product, [.. left.Items, right])
        : Make(MathNodeKind.Product, left, right);

    private MathNode ParseSigned()
    {
        if (Take("-")) return Make(MathNodeKind.Negate, Nested(ParseSigned));
        if (Take("+")) return Nested(ParseSigned);
        if (Current.Is("+-") || Current.Is("-+"))
        {
            var sign = Current.Text;
            _at++;
            return Make(MathNodeKind.PlusMinus, sign, Nested(ParseSigned));
        }
        return ParsePower();
    }

    /// <summary>Whether the next token begins a factor of an implicit product.</summary>
    private bool StartsFactor()
    {
        var token = Current;
        switch (token.Kind)
        {
            case MathTokenKind.Number:
                // Two numbers in a row are no product: "3 4" and "x2" are mistakes.
                return Peek(-1) is { Kind: MathTokenKind.Sign, Text: ")" or "}" or "!" or ")|" } or { Kind: MathTokenKind.Letter, Text: "pi" or "i" };
            case MathTokenKind.Letter:
                if (token.Text == "U" && _at > 0 && Peek(-1) is { Kind: MathTokenKind.Sign, Text: ")" or "]" or "\\}" or "}" } && IsBracket(Peek(1))) return false;
                return !(token.InText && MathUnits.TryGet(token.Text, out _)) && !IsTemperature();
            case MathTokenKind.Word:
                return (MathVocabulary.Functions.ContainsKey(token.Text) && !IsTime()) || token.Text == "infinity" || (token.InText && MathVocabulary.Numbers.ContainsKey(token.Text) && Peek(-1).Kind != MathTokenKind.Number);
            case MathTokenKind.Command:
                return token.Text is "frac" or "sqrt" or "binom" or "overline" or "vec" or "hat" or "tilde" or "arc" or "angle" or "triangle" or "beginmatrix";
            case MathTokenKind.Sign:
                return (token.Text == "(" && !StartsCondition() && !Peek(1).IsWord("mod")) || token.Text is "{" or "|(" or "floor(" or "ceil(" || (token.Text == "|" && _bars == 0 && !_inBuilder) || (token.Text == "[" && ClosesSquare());
            default:
                return false;
        }
    }

    /// <summary>Whether a square bracket opens a group, and does not close a reversed interval such as [0,1[.</summary>
    private bool ClosesSquare()
    {
        var depth = 0;
        for (var i = 0; i < 200 && Peek(i).Kind != MathTokenKind.End; i++)
        {
            if (Peek(i).Is("[")) depth++;
            else if (Peek(i).Is("]") && --depth == 0) return true;
        }
        return false;
    }

    /// <summary>A primary with everything that binds tighter than a product behind it.</summary>
    private MathNode ParsePower()
    {
        var node = ParsePrimary();
        while (!_failed)
        {
            if (node is { Kind: MathNodeKind.Symbol, Name: "reals" } && TryHalfLine() is { } half) node = half;
            else if (Current.Is("^"))
            {
                _at++;
                node = ParseExponent(node);
            }
            // n!! is no factorial of a factorial.
            else if (Current.Is("!") && Peek(1).Is("!")) return Fail();
            else if (Take("!")) node = Make(MathNodeKind.Function, "factorial", node);
            else if (Take("%") || TakeWord("percent") || TakeWords("per", "cent")) node = Make(MathNodeKind.Percent, node);
            else if (TakeWord("permille")) node = Make(MathNodeKind.Quotient, node, MathNode.Literal(new Rational(1000)));
            else if (Take("deg")) node = Make(MathNodeKind.Degree, node);
            else if (Current.Is("_")) node = ParseBase();
            else if (TryBaseWords(node) is { } based) node = based;
            else if (Current.Kind == MathTokenKind.Word && node.Kind == MathNodeKind.Number && MathVocabulary.Multipliers.TryGetValue(Current.Text, out var factor))
            {
                _at++;
                node = MathNode.Literal(node.Number * new Rational(factor), node.Digits == MathNode.Exact ? MathNode.Exact : node.Digits - (int)Math.Log10(factor));
            }
            else return node;
        }
        return node;
    }

    /// <summary>Behind the real numbers: those with a sign, \mathbb{R}^+ or \mathbb{R}_{\ge 0}; null when something else stands here.</summary>
    private MathNode? TryHalfLine()
    {
        if (!Current.Is("^") && !Current.Is("_")) return null;
        var (start, mark) = (_at, Current.Text);
        _at++;
        var (zero, infinity) = (MathNode.Literal(Rational.Zero), MathNode.Constant("infinity"));
        switch (mark + ParseSubscript())
        {
            case "^+" or "_>0": return Make(MathNodeKind.Brackets, "()", zero, infinity);
            case "_>=0": return Make(MathNodeKind.Brackets, "[)", zero, infinity);
            case "^-" or "_<0": return Make(MathNodeKind.Brackets, "()", Make(MathNodeKind.Negate, infinity), zero);
            case "_<=0": return Make(MathNodeKind.Brackets, "(]", Make(MathNodeKind.Negate, infinity), zero);
        }
        if (!_failed) _at = start;
        return null;
    }

    private bool TakeWord(string word)
    {
        if (!Current.IsWord(word)) return false;
        _at++;
        return true;
    }

    private bool TakeWords(string first, string second)
    {
        if (!Current.IsWord(first) || !Peek(1).IsWord(second)) return false;
        _at += 2;
        return true;
    }

    private MathNode ParseExponent(MathNode node)
    {
        var braced = Current.Is("{");
        if ((braced ? Peek(1) : Current) is var mark && (mark.Is("circ") || mark.Is("deg")) && (!braced || Peek(2).Is("}")))
        {
            _at += braced ? 3 : 1;
            return Make(MathNodeKind.Degree, node);
        }
        if (mark.Is("'")) return Fail();
        if (node.Kind is MathNodeKind.Brackets or MathNodeKind.Matrix && (mark.Text is "T" or "\\top" or "\\intercal") && (!braced || Peek(2).Is("}")))
        {
            _at += braced ? 3 : 1;
            return Transposed(node);
        }
        return Make(MathNodeKind.Power, node, Nested(ParseScript));
    }

    /// <summary>What stands behind ^: a group, or one signed number, letter or bracket.</summary>
    private MathNode ParseScript()
    {
        if (Take("-")) return Make(MathNodeKind.Negate, Nested(ParseScript));
        if (Take("+")) return Nested(ParseScript);
        var script = ParsePrimary();
        if (!Current.Is("^")) return script;
        _at++;
        return ParseExponent(script);
    }
}
