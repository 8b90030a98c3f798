namespace KdRl.Rewards;

/// <content>Numbers, names, brackets and commands.</content>
internal sealed partial class MathParser
{
    private MathNode ParsePrimary()
    {
        var token = Current;
        if (TryBaseNumber() is { } based) return based;
        if (_failed) return Nothing;
        switch (token.Kind)
        {
            case MathTokenKind.Number: return ParseNumber();
            case MathTokenKind.Letter: return ParseName();
            case MathTokenKind.Word: return ParseWord();
            case MathTokenKind.Command: return ParseCommand();
            case MathTokenKind.Sign:
                if (TryTakeCurrency() is { } currency) return Quantity(Nested(ParseSigned), currency);
                switch (token.Text)
                {
                    case "(" or "[" or "]": return Nested(ParseBrackets);
                    case "\\{": return Nested(ParseSet);
                    case "{": return Nested(ParseGroup);
                    case "|(" or "|": return Nested(() => ParseBars(token.Text == "|" ? "|" : ")|", "abs"));
                    case "||": return Nested(() => ParseBars("||", "norm"));
                    case "floor(" or "ceil(": return Nested(() => ParseBars(token.Text == "floor(" ? ")floor" : ")ceil", token.Text[..^1]));
                    default: return Fail();
                }
            default: return Fail();
        }
    }

    private MathNode ParseNumber()
    {
        var text = JoinThousands();
        if (_failed || !_budget.AddNode()) return Fail();
        var node = NumberLiterals.Parse(text);
        if (node is null)
        {
            _budget.Exceed();
            return Fail();
        }
        return node.Digits == MathNode.Exact && node.Number.IsInteger && !text.Contains('e', StringComparison.Ordinal) ? ParseMixed(node) : node;
    }

    /// <summary>Takes a number with its groups of three digits after blanks, or after commas where they can not separate a list.</summary>
    private string JoinThousands()
    {
        var text = Current.Text;
        var isHead = Current.IsInteger && text.Length <= 3 && text[0] != '0';
        _at++;
        if (!isHead) return text;
        while (true)
        {
            var comma = Current.Is(",") && !Current.SpaceBefore && CommasGroup();
            var next = comma ? Peek(1) : Current;
            if (next.Kind != MathTokenKind.Number || next.SpaceBefore == comma || next.InText != Peek(-1).InText || !IsGroup(next.Text) || Peek(comma ? 2 : 1).Is("/")) return text;
            text += next.Text;
            _at += comma ? 2 : 1;
            if (!next.IsInteger) return text;
        }
    }

    private static bool IsGroup(string text) => text.AsSpan(0, Math.Min(text.Length, 3)) is { Length: 3 } head && !head.ContainsAnyExceptInRange('0', '9') && (text.Length == 3 || text[3] == '.');

    /// <summary>
    /// A comma without a blank groups thousands outside of brackets; inside only when the list has other separators: (1,000, 2,000).
    /// </summary>
    private bool CommasGroup()
    {
        if (_brackets == 0) return !_commasSeparate;
        var depth = 0;
        for (var i = _at; i < _tokens.Count && depth >= 0; i++)
        {
            if (_tokens[i].Kind != MathTokenKind.Sign) continue;
            if (_tokens[i].Text is "(" or "[" or "{" or "\\{") depth++;
            else if (IsClosing(_tokens[i])) depth--;
            else if (depth == 0 && (_tokens[i].Is(";") || (_tokens[i].Is(",") && i + 1 < _tokens.Count && _tokens[i + 1].SpaceBefore))) return true;
        }
        return _spacedComma;
    }

    /// <summary>An integer followed by a proper fraction of integers: 2\frac{1}{3}, 2 1/3.</summary>
    private MathNode ParseMixed(MathNode whole)
    {
        if (Current.IsCommand("frac") ? !IsFractionOfIntegers() : Current is not { IsInteger: true, SpaceBefore: true } || !Peek(1).Is("/") || !Peek(2).IsInteger) return whole;
        var start = _at;
        MathNode fraction;
        if (Current.IsCommand("frac")) fraction = ParsePrimary();
        else
        {
            var top = Current.Text;
            _at += 3;
            fraction = Make(MathNodeKind.Quotient, NumberLiterals.Parse(top)!, NumberLiterals.Parse(Peek(-1).Text)!);
        }
        if (_failed || IsProper(fraction.Items[0], fraction.Items[1])) return Make(MathNodeKind.Function, "mixed", whole, fraction);
        _at = start;
        return whole;
    }

    private bool IsFractionOfIntegers()
    {
        var next = SkipInteger(1);
        return next > 1 && (SkipInteger(next) > next || (next == 2 && Peek(1).Text.Length > 1));
    }

    /// <summary>The offset behind an integer in braces or without; the same offset when there is none.</summary>
    private int SkipInteger(int offset)
    {
        if (Peek(offset).IsInteger) return offset + 1;
        return Peek(offset).Is("{") && Peek(offset + 1).IsInteger && Peek(offset + 2).Is("}") ? offset + 3 : offset;
    }

    private static bool IsProper(MathNode a, MathNode b) => a.Number.IsInteger && b.Number.IsInteger && a.Number.Sign > 0 && a.Number.CompareTo(b.Number) < 0;

    private MathNode ParseName()
    {
        var letter = Current.Text;
        _at++;
        var name = letter;
        while (true)
        {
            if (Current.Is("_"))
            {
                _at++;
                name += "_" + ParseSubscript();
            }
            else if (Current.Is("'") || (Current.Is("^") && Peek(1).Is("'")))
            {
                _at += Current.Is("'") ? 1 : 2;
                name += "'";
            }
            else if (Current.Is("^") && Peek(1).Is("{") && Peek(2).Is("'") && Peek(3).Is("}"))
            {
                _at += 4;
                name += "'";
            }
            else break;
        }
        if (!_budget.AddNode()) return Fail();
        if (name is "e" or "i" or "pi") return MathNode.Constant(name);
        if (Current.Is("^") && Peek(1).Is("{") && Peek(2).Is("-") && Peek(3).Text == "1" && Peek(4).Is("}") && Peek(5).Is("(") && letter is "f" or "g" or "h")
        {
            _at += 5;
            name += "^-1";
        }
        // p(x) = … defines p, whatever its name.
        var defines = Current.Is("(") && Peek(1).Kind == MathTokenKind.Letter && Peek(2).Is(")") && Peek(3).Is("=");
        var isFunction = defines || (letter is "f" or "g" or "h" or "F" or "G" or "H" or "P" or "Q" && Current.Is("(")) || (letter is "P" or "E" && Current.Is("[") && ClosesSquare())
            // A(1,2) is a point with its name.
            || (char.IsAsciiLetterUpper(letter[0]) && Current.Is("(") && HoldsPair());
        return isFunction ? Nested(() => Application(name)) : MathNode.Symbol(name);
    }

    /// <summary>Whether the round bracket here holds several elements.</summary>
    private bool HoldsPair()
    {
        var depth = 0;
        for (var i = 0; i < 200 && Peek(i).Kind != MathTokenKind.End; i++)
        {
            if (Peek(i).Is("(") || Peek(i).Is("{")) depth++;
            else if ((Peek(i).Is(")") || Peek(i).Is("}")) && --depth == 0) return false;
            else if (depth == 1 && Peek(i).Is(",")) return true;
        }
        return false;
    }

    private MathNode Application(string name)
    {
        var argument = ParseBrackets();
        return Make(MathNodeKind.Function, name, argument.Kind == MathNodeKind.Brackets ? argument.Items : [argument]);
    }

    /// <summary>The text of a subscript, its braces and blanks left out.</summary>
    private string ParseSubscript()
    {
        if (!Current.Is("{"))
        {
            var text = Current.Text;
            _at++;
            return text;
        }
        var (depth, parts) = (0, "");
        do
        {
            if (Current.Is("{")) depth++;
            else if (Current.Is("}")) depth--;
            else if (Current.Kind == MathTokenKind.End || parts.Length > 100) return Fail().Name;
            else parts += Current.Text;
            _at++;
        } while (depth > 0);
        return parts;
    }

    private MathNode ParseWord()
    {
        var token = Current;
        _at++;
        var name = token.Text;
        if (MathVocabulary.Functions.TryGetValue(name, out var function)) return Nested(() => ParseFunction(function));
        if (name == "infinity") return MathNode.Constant(name);
        if (MathVocabulary.Numbers.TryGetValue(name, out var number)) return MathNode.Literal(new Rational(number));
        if (name is "approximately" or "about" or "exactly" or "only" or "roughly") return Nested(ParsePrimary);
        if (!_budget.AddNode()) return Fail();
        // Numbers of a unit that stands in front: "USD 5", "Rs. 5".
        if (MathUnits.TryGet(name, out var unit) && unit.Dimension is "usd^1" or "eur^1" or "gbp^1" or "inr^1" && Current.Kind == MathTokenKind.Number) return Quantity(ParsePower(), UnitOf(unit));
        if (Current.Is("(") && !Current.SpaceBefore) return Nested(() => Application(name.ToLowerInvariant()));
        return MathNode.Symbol(name is "reals" or "emptyset" || name.Length == 1 ? name : name.ToLowerInvariant());
    }

    /// <summary>A function word with its subscript, power and argument: \log_2 x, \sin^2 x, \sin^{-1}(x).</summary>
    private MathNode ParseFunction(string name)
    {
        MathNode? radix = null, power = null;
        while (Current.Is("_") || Current.Is("^"))
        {
            var subscript = Current.Is("_");
            _at++;
            if (subscript) radix = ParsePrimary();
            else if (Current.Is("circ")) return Fail();
            else power = ParseScript();
        }
        MathNode[] arguments;
        if (Current.Is("(") && ParseBrackets() is var bracketed) arguments = bracketed.Kind == MathNodeKind.Brackets ? bracketed.Items : [bracketed];
        else if (name is "sqrt" or "cbrt" or "fourthroot") arguments = [ParsePrimary()];
        else arguments = [ParseFunctionArgument()];
        if (radix is not null) arguments = [.. arguments, radix];
        if (power is { Kind: MathNodeKind.Negate, Items: [{ Kind: MathNodeKind.Number } one] } && one.Number == Rational.One && MathVocabulary.Functions.ContainsKey("a" + name))
            return Make(MathNodeKind.Function, "a" + name, arguments);
        var result = Make(MathNodeKind.Function, name, arguments);
        return power is null ? result : Make(MathNodeKind.Power, result, power);
    }

    /// <summary>An argument without brackets: a product up to the next sign or function.</summary>
    private MathNode ParseFunctionArgument()
    {
        if (Take("-")) return Make(MathNodeKind.Negate, Nested(ParseFunctionArgument));
        var left = ParsePower();
        while (StartsFactor() && Current.Kind != MathTokenKind.Word && !Current.Is("(")) left = Multiply(left, ParsePower());
        return left;
    }

    private MathNode ParseCommand()
    {
        var name = Current.Text;
        _at++;
        switch (name)
        {
            case "frac":
                var numerator = Nested(ParseArgument);
                return WithUnits(numerator, Nested(ParseArgument), -1);
            case "sqrt":
                var index = Take("[") ? Nested(ParseSum) : null;
                if (index is not null) Expect("]");
                var radicand = Nested(ParseArgument);
                return index is null ? Make(MathNodeKind.Function, "sqrt", radicand) : Make(MathNodeKind.Function, "root", radicand, index);
            case "binom":
                var top = Nested(ParseArgument);
                return Make(MathNodeKind.Function, "binom", top, Nested(ParseArgument));
            case "overline" or "vec" or "hat" or "tilde" or "dot" or "ddot" or "arc": return Make(MathNodeKind.Function, name, Nested(ParseArgument));
            case "angle" or "triangle": return Make(MathNodeKind.Function, name, Nested(ParseFunctionArgument));
            case "beginmatrix": return Nested(ParseMatrix);
            case "beginrows": return Nested(ParseRows);
            default: return Fail();
        }
    }

    /// <summary>The argument of a LaTeX command: a group, or a single digit, letter or command.</summary>
    private MathNode ParseArgument()
    {
        if (Current.Kind != MathTokenKind.Number || Current.Text.Length == 1) return Current.Is("-") ? ParseSigned() : ParsePrimary();
        var text = Current.Text;
        _tokens[_at] = Current with { Text = text[1..], SpaceBefore = false };
        if (text[1] == '.') return Fail();
        return NumberLiterals.Parse(text[..1]) is { } digit && _budget.AddNode() ? digit : Fail();
    }
}
