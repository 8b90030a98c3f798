using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// Cuts a Jinja template into tokens, with the white-space rules of chat templates: a block's own line break is dropped
/// (<c>trim_blocks</c>), and so is the indentation before a block (<c>lstrip_blocks</c>); <c>-</c> strips all, <c>+</c> nothing.
/// </summary>
internal sealed class TemplateLexer
{
    private const int LongestName = 1000;

    private static readonly string[] Operators =
        ["**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string source;
    private readonly List<TemplateToken> tokens = [];
    private int at, line = 1, counted;
    private bool atLineStart = true;

    private TemplateLexer(string source) => this.source = source;

    public static List<TemplateToken> Tokens(string source)
    {
        source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer.tokens;
    }

    /// <summary>White space as Python counts it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1C' and <= '\x1F';

    private void Run()
    {
        while (at < source.Length)
        {
            var tag = at - 1;
            do tag = source.IndexOf('{', tag + 1);
            while (tag >= 0 && !(tag + 1 < source.Length && source[tag + 1] is '{' or '%' or '#'));
            if (tag < 0)
            {
                AddText(source[at..]);
                at = source.Length;
                break;
            }
            var kind = source[tag + 1];
            AddText(Before(tag, kind != '{'));
            at = tag + 2;
            if (at < source.Length && source[at] is '-' or '+') at++;
            if (kind == '#') Comment();
            else if (kind == '%' && TryWord("raw", out var afterRaw)) Raw(afterRaw);
            else Tag(isBlock: kind == '%');
        }
        Add(TemplateTokenKind.End, "");
    }

    /// <summary>The text up to a tag, stripped as the tag asks.</summary>
    private string Before(int tag, bool isBlock)
    {
        var text = source[at..tag];
        var sign = tag + 2 < source.Length ? source[tag + 2] : ' ';
        var kept = text.Length;
        while (kept > 0 && IsSpace(text[kept - 1])) kept--;
        if (sign == '-') return text[..kept];
        if (sign == '+' || !isBlock) return text;
        var lineStart = text.LastIndexOf('\n') + 1;
        return (lineStart > 0 || atLineStart) && kept <= lineStart ? text[..lineStart] : text;
    }

    private void Comment()
    {
        var start = at;
        at = source.IndexOf("#}", at, StringComparison.Ordinal);
        if (at < 0) throw Fail("a comment is not closed");
        var sign = at > start ? source[at - 1] : ' ';
        at += 2;
        AfterTag(sign, trims: true);
    }

    private void Raw(int start)
    {
        var sign = source[start - 3];
        at = start;
        if (sign == '-') SkipSpace();
        for (var tag = source.IndexOf("{%", at, StringComparison.Ordinal); tag >= 0; tag = source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            var from = at;
            at = tag + 2;
            if (at < source.Length && source[at] is '-' or '+') at++;
            var isEnd = TryWord("endraw", out var after);
            at = from;
            if (!isEnd) continue;
            AddText(Before(tag, isBlock: true));
            at = after;
            AfterTag(source[after - 3], trims: true);
            return;
        }
        throw Fail("'raw' is not closed");
    }

    /// <summary>Whether the block says this word and nothing else.</summary>
    private bool TryWord(string word, out int after)
    {
        after = at;
        while (after < source.Length && IsSpace(source[after])) after++;
        if (string.CompareOrdinal(source, after, word, 0, word.Length) != 0) return false;
        after += word.Length;
        while (after < source.Length && IsSpace(source[after])) after++;
        if (after < source.Length && source[after] is '-' or '+') after++;
        if (string.CompareOrdinal(source, after, "%}", 0, 2) != 0) return false;
        after += 2;
        return true;
    }

    private void Tag(bool isBlock)
    {
        Add(isBlock ? TemplateTokenKind.BlockBegin : TemplateTokenKind.OutputBegin, isBlock ? "{%" : "{{");
        var (end, open) = (isBlock ? "%}" : "}}", new Stack<char>());
        while (true)
        {
            SkipSpace();
            if (at >= source.Length) throw Fail("a tag is not closed");
            var sign = source[at] == '-' || (isBlock && source[at] == '+') ? 1 : 0;
            if (open.Count == 0 && string.CompareOrdinal(source, at + sign, end, 0, 2) == 0)
            {
                Add(isBlock ? TemplateTokenKind.BlockEnd : TemplateTokenKind.OutputEnd, end);
                var signText = sign == 1 ? source[at] : ' ';
                at += sign + 2;
                AfterTag(signText, trims: isBlock);
                return;
            }
            if (source[at] is '\'' or '"') String(source[at]);
            else if (char.IsAsciiDigit(source[at])) Number();
            else if (IsWord(source[at])) Name();
            else Operator(open);
        }
    }

    private void AfterTag(char sign, bool trims)
    {
        if (sign == '-') SkipSpace();
        else if (trims && sign != '+' && at < source.Length && source[at] == '\n') at++;
        atLineStart = source[at - 1] == '\n';
    }

    private void Operator(Stack<char> open)
    {
        var found = Array.Find(Operators, o => string.CompareOrdinal(source, at, o, 0, o.Length) == 0)
            ?? throw Fail($"unexpected character '{source[at]}'");
        if (found is "(" or "[" or "{") open.Push(found == "(" ? ')' : found == "[" ? ']' : '}');
        else if (found is ")" or "]" or "}" && (!open.TryPop(out var expected) || expected != found[0])) throw Fail($"'{found}' closes nothing");
        Take(TemplateTokenKind.Operator, at + found.Length);
    }

    /// <summary>Names are looked up again and again, so their length is bounded.</summary>
    private void Name()
    {
        var end = EndOf(at, IsWord);
        if (end - at > LongestName) throw Fail($"a name has {end - at} characters; at most {LongestName} are accepted");
        Take(TemplateTokenKind.Name, end);
    }

    private void Number()
    {
        var isFloat = false;
        var end = EndOf(at, IsDigit);
        // After a dot, digits are an index: messages.0.content.
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]) && (at == 0 || source[at - 1] != '.'))
            (isFloat, end) = (true, EndOf(end + 1, IsDigit));
        if (end < source.Length && source[end] is 'e' or 'E')
        {
            var digits = end + 1 < source.Length && source[end + 1] is '+' or '-' ? end + 2 : end + 1;
            if (digits < source.Length && char.IsAsciiDigit(source[digits])) (isFloat, end) = (true, EndOf(digits, IsDigit));
        }
        Take(isFloat ? TemplateTokenKind.Float : TemplateTokenKind.Integer, end);
    }

    private void String(char quote)
    {
        var (start, value) = (Line(at), new StringBuilder());
        for (at++; ; at++)
        {
            if (at >= source.Length) throw new TemplateException(start, "a string is not closed");
            if (source[at] == quote) break;
            if (source[at] != '\\') value.Append(source[at]);
            else if (++at < source.Length) at = TemplateEscape.Read(source, at, value);
        }
        at++;
        tokens.Add(new TemplateToken(TemplateTokenKind.String, value.ToString(), start));
    }

    private void Take(TemplateTokenKind kind, int end)
    {
        Add(kind, source[at..end]);
        at = end;
    }

    private void AddText(string text)
    {
        if (text.Length > 0) Add(TemplateTokenKind.Text, text);
    }

    private void Add(TemplateTokenKind kind, string text) => tokens.Add(new TemplateToken(kind, text, Line(at)));

    private int EndOf(int from, Func<char, bool> belongs)
    {
        while (from < source.Length && belongs(source[from])) from++;
        return from;
    }

    private void SkipSpace() => at = EndOf(at, IsSpace);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsDigit(char c) => char.IsAsciiDigit(c) || c == '_';

    private int Line(int position)
    {
        line += source.AsSpan(counted, Math.Max(0, position - counted)).Count('\n');
        counted = Math.Max(counted, position);
        return line;
    }

    private TemplateException Fail(string problem) => new(Line(Math.Clamp(at, counted, source.Length)), problem);
}
