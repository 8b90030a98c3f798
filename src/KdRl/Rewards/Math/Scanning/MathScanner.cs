namespace KdRl.Rewards;

/// <summary>Splits an answer, plain text or LaTeX, into tokens in one pass.</summary>
/// <remarks>Styles, sizes and blanks vanish; every spelling of a sign becomes one. Nothing is looked at twice, so the time is linear.</remarks>
internal sealed class MathScanner
{
    private readonly string _text;
    private readonly List<MathToken> _tokens = [];
    private readonly bool _dollarsAreDelimiters;
    private int _at;
    private bool _space;
    private bool _inText;

    private MathScanner(string text)
    {
        _text = text;
        // Dollars come in pairs around mathematics; an odd one is a currency sign.
        _dollarsAreDelimiters = (text.AsSpan().Count('$') - text.AsSpan().Count("\\$")) % 2 == 0;
    }

    /// <summary>The tokens of a text that <see cref="MathUnicode"/> has folded.</summary>
    public static List<MathToken> Scan(string folded)
    {
        var scanner = new MathScanner(folded);
        scanner.Run(folded.Length);
        return scanner._tokens;
    }

    private void Run(int end)
    {
        while (_at < end) Step(end);
    }

    private void Step(int end)
    {
        var c = _text[_at];
        if (char.IsWhiteSpace(c) || c == '~')
        {
            _space = true;
            _at++;
        }
        else if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < end && char.IsAsciiDigit(_text[_at + 1]))) ScanNumber(c, end);
        else if (char.IsLetter(c)) ScanLetters(end);
        else if (c == '\\') ScanCommand(end);
        else if (!UnwrapSign("<>=:+", end)) ScanSign(c, end);
    }

    private void ScanNumber(char c, int end)
    {
        if (c == '0' && ScanPrefixed(end)) return;
        Add(MathTokenKind.Number, new NumberScanner(_text, end).Scan(ref _at));
        // 3 x 4: a letter between two numbers can only be a sign.
        if (_tokens is [.., { Kind: MathTokenKind.Number }, { Kind: MathTokenKind.Letter, Text: "x", InText: false } cross, _]) _tokens[^2] = cross with { Kind = MathTokenKind.Sign, Text = "*" };
    }

    /// <summary>Numbers as programs write them: 0xFF and 0b101 are FF₁₆ and 101₂.</summary>
    private bool ScanPrefixed(int end)
    {
        var radix = _at + 2 < end ? _text[_at + 1] switch { 'x' => 16, 'b' => 2, 'o' => 8, _ => 0 } : 0;
        if (radix == 0) return false;
        var stop = _at + 2;
        while (stop < end && char.IsAsciiLetterOrDigit(_text[stop])) stop++;
        var digits = _text[(_at + 2)..stop].ToUpperInvariant();
        if (digits.Length == 0 || !digits.All(d => char.IsAsciiHexDigit(d) && Convert.ToInt32(d.ToString(), 16) < radix)) return false;
        _at = stop;
        Add(digits.All(char.IsAsciiDigit) ? MathTokenKind.Number : MathTokenKind.Word, digits);
        Add(MathTokenKind.Sign, "_");
        Add(MathTokenKind.Number, radix.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return true;
    }

    private void Add(MathTokenKind kind, string text)
    {
        _tokens.Add(new MathToken(kind, text, _space, _inText));
        _space = false;
    }

    private void ScanLetters(int end)
    {
        var start = _at;
        var ascii = char.IsAsciiLetter(_text[_at]);
        while (_at < end && char.IsLetter(_text[_at]) && char.IsAsciiLetter(_text[_at]) == ascii) _at++;
        var run = _text[start.._at];
        // US$5
        if (run == "US" && _at < end && (_text[_at] == '$' || string.CompareOrdinal(_text, _at, "\\$", 0, 2) == 0)) return;
        if (run is "a" or "p" && string.CompareOrdinal(_text, _at, ".m.", 0, 3) == 0)
        {
            _at += 3;
            Add(MathTokenKind.Word, run + "m");
        }
        else if (!ascii) Add(MathTokenKind.Word, run);
        else if (run.Length == 1) Add(MathTokenKind.Letter, run);
        else if (_inText || MathVocabulary.IsWord(run, _space && _tokens is [.., { Kind: MathTokenKind.Number }])) AddWord(run);
        else if (MathVocabulary.Functions.ContainsKey(run[..^1]))
        {
            Add(MathTokenKind.Word, MathVocabulary.Functions[run[..^1]]);
            Add(MathTokenKind.Letter, run[^1..]);
        }
        else
            foreach (var letter in run) Add(MathTokenKind.Letter, letter.ToString());
    }

    private void AddWord(string run)
    {
        if (run == "pi") Add(MathTokenKind.Letter, run);
        else if (run.ToLowerInvariant() is "or" or "and" && run is not ("OR" or "AND" or "Or" or "And")) Add(MathTokenKind.Sign, run);
        else if (run is "inf" or "oo" or "infinity" or "Infinity") Add(MathTokenKind.Word, "infinity");
        else Add(MathTokenKind.Word, run);
    }

    private void ScanCommand(int end)
    {
        var start = ++_at;
        if (_at >= end) return;
        while (_at < end && char.IsAsciiLetter(_text[_at])) _at++;
        // A doubled backslash before a command comes from text that was escaped twice.
        if (_at == start && _text[_at] == '\\' && IsEscapedCommand(_at + 1)) return;
        if (_at == start) _at++;
        var name = _text[start.._at];
        if (LatexCommands.Signs.TryGetValue(name, out var sign))
        {
            Add(MathTokenKind.Sign, sign);
            if (name == "\\") SkipRowSpacing(end);
        }
        else if (LatexCommands.Letters.TryGetValue(name, out var letter)) Add(MathTokenKind.Letter, letter);
        else if (LatexCommands.Structures.TryGetValue(name, out var structure)) Add(MathTokenKind.Command, structure);
        else if (LatexCommands.Texts.Contains(name)) ScanText(name, end);
        else if (LatexCommands.Ignored.Contains(name)) SkipArgument(end);
        else if (LatexCommands.Blanks.Contains(name)) _space |= name is not ("!" or "," or ":" or ";" or ">") || _inText;
        else if (name is "left" or "right") ScanDelimiter(name == "left", end);
        else if (LatexCommands.Styles.Contains(name)) UnwrapSign("()[]<>=:+", end);
        else if (name is "(" or ")" or "[" or "]") _space = true;
        else if (LatexCommands.Words.TryGetValue(name, out var word)) Add(MathTokenKind.Word, word);
        else if (MathVocabulary.Functions.ContainsKey(name)) Add(MathTokenKind.Word, name);
        else if (name is "begin" or "end") ScanEnvironment(name, end);
        else if (name is "ldots" or "dots" or "cdots" or "dotsc") Add(MathTokenKind.Sign, "dots");
        else Add(MathTokenKind.Sign, "\\" + name);
    }

    private bool IsEscapedCommand(int at)
    {
        var end = at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end])) end++;
        return end - at > 2 && (LatexCommands.Structures.ContainsKey(_text[at..end]) || LatexCommands.Texts.Contains(_text[at..end]));
    }

    /// <summary>Skips a star and a group: the distance of \hspace*{1cm}.</summary>
    private void SkipArgument(int end)
    {
        if (_at < end && _text[_at] == '*') _at++;
        SkipBlanks(end);
        if (_at < end && _text[_at] == '{' && LatexBraces.Close(_text, _at, end) is var close and >= 0) _at = close + 1;
        _space = true;
    }

    /// <summary>A sign in braces of its own is that sign: \mathopen{(}, {=}.</summary>
    private bool UnwrapSign(string signs, int end)
    {
        if (_at + 2 >= end || _text[_at] != '{' || _text[_at + 2] != '}' || !signs.Contains(_text[_at + 1], StringComparison.Ordinal)) return false;
        _at++;
        ScanSign(_text[_at], _at + 1);
        _at++;
        return true;
    }

    private void ScanDelimiter(bool open, int end)
    {
        SkipBlanks(end);
        if (_at >= end) return;
        if (_text[_at] == '.') _at++;
        else if (_text[_at] == '|')
        {
            _at++;
            Add(MathTokenKind.Sign, open ? "|(" : ")|");
        }
    }

    private void ScanText(string name, int end)
    {
        SkipBlanks(end);
        if (_at < end && _text[_at] == '*') _at++;
        if (_at >= end || _text[_at] != '{') return;
        var close = LatexBraces.Close(_text, _at, end);
        if (close < 0)
        {
            Add(MathTokenKind.Sign, "{");
            _at++;
            return;
        }
        _at++;
        if (name == "mathbb") AddNumberSet(_text[_at..close]);
        else
        {
            var outer = _inText;
            _inText = true;
            Run(close);
            _inText = outer;
        }
        _at = close + 1;
    }

    private void AddNumberSet(string letter)
    {
        Add(MathTokenKind.Word, letter.Trim() switch { "R" => "reals", "Z" => "integers", "N" => "naturals", "Q" => "rationals", "C" => "complexes", _ => "mathbb" + letter });
        _at += letter.Length;
    }

    private void ScanEnvironment(string command, int end)
    {
        SkipBlanks(end);
        var close = _at < end && _text[_at] == '{' ? _text.IndexOf('}', _at, end - _at) : -1;
        if (close < 0)
        {
            Add(MathTokenKind.Sign, "\\" + command);
            return;
        }
        var name = _text[(_at + 1)..close].Trim();
        _at = close + 1;
        Add(MathTokenKind.Command, command + (LatexCommands.Matrices.Contains(name) ? "matrix" : LatexCommands.Rows.Contains(name) ? "rows" : name));
        SkipBlanks(end);
        // The column format of an array.
        if (command == "begin" && name is "array" && _at < end && _text[_at] == '{' && LatexBraces.Close(_text, _at, end) is var format and >= 0) _at = format + 1;
    }

    private void ScanSign(char c, int end)
    {
        _at++;
        var next = _at < end ? _text[_at] : '\0';
        switch (c)
        {
            case '$' when _dollarsAreDelimiters:
            case '"' or '`':
                _space = true;
                return;
            case '.' when next == '.':
                while (_at < end && _text[_at] == '.') _at++;
                Add(MathTokenKind.Sign, "dots");
                return;
            // "B. 12" names an option.
            case '.' when _tokens is [{ Kind: MathTokenKind.Letter, Text: [>= 'A' and <= 'J'] }] && !_text.AsSpan(_at).IsWhiteSpace():
                Add(MathTokenKind.Sign, ".");
                return;
            case '.' when _inText || _tokens is [.., { Kind: MathTokenKind.Word }] || _text.AsSpan(_at).IsWhiteSpace():
                _space = true;
                return;
            case '<' or '>' or '!' or '=' when next == '=':
                _at++;
                Add(MathTokenKind.Sign, c == '=' ? "=" : c + "=");
                return;
            case '*' when next == '*':
                _at++;
                Add(MathTokenKind.Sign, "^");
                return;
            case '-' when next == '>':
                _at++;
                Add(MathTokenKind.Sign, "->");
                return;
            case '+' when next == '-':
            case '+' when next == '/' && _at + 1 < end && _text[_at + 1] == '-':
                _at += next == '/' ? 2 : 1;
                Add(MathTokenKind.Sign, "+-");
                return;
            default:
                Add(MathTokenKind.Sign, c.ToString());
                return;
        }
    }

    private void SkipBlanks(int end)
    {
        while (_at < end && char.IsWhiteSpace(_text[_at])) _at++;
    }

    /// <summary>The distance to the next row, as in <c>\\[4pt]</c>.</summary>
    private void SkipRowSpacing(int end)
    {
        if (_at >= end || _text[_at] != '[') return;
        var close = _text.IndexOf(']', _at, end - _at);
        if (close > 0 && close - _at <= 8 && _text.AsSpan(_at, close - _at) is var body && (body.EndsWith("pt") || body.EndsWith("em") || body.EndsWith("ex") || body.EndsWith("mm")))
            _at = close + 1;
    }
}
