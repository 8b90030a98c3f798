using System.Buffers;
using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Methods of strings, by Python's rules.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, Func<string, Arguments, object?>> Methods = new()
    {
        ["strip"] = (s, a) => a.Run.Made(Strip(s, a.Expect(1).Text(0, "chars"), true, true)),
        ["lstrip"] = (s, a) => a.Run.Made(Strip(s, a.Expect(1).Text(0, "chars"), true, false)),
        ["rstrip"] = (s, a) => a.Run.Made(Strip(s, a.Expect(1).Text(0, "chars"), false, true)),
        ["split"] = (s, a) => Split(s, a.Expect(2, "sep", "maxsplit"), fromRight: false),
        ["rsplit"] = (s, a) => Split(s, a.Expect(2, "sep", "maxsplit"), fromRight: true),
        ["splitlines"] = (s, a) => Lines(a.Expect(0).Run, s),
        ["startswith"] = (s, a) => Prefixes(a.Expect(1)).Any(part => s.StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = (s, a) => Prefixes(a.Expect(1)).Any(part => s.EndsWith(part, StringComparison.Ordinal)),
        ["removeprefix"] = (s, a) => a.Expect(1).Text(0, "prefix") is { } part && s.StartsWith(part, StringComparison.Ordinal) ? a.Run.Made(s[part.Length..]) : s,
        ["removesuffix"] = (s, a) => a.Expect(1).Text(0, "suffix") is { } part && s.EndsWith(part, StringComparison.Ordinal) ? a.Run.Made(s[..^part.Length]) : s,
        ["upper"] = (s, a) => a.Expect(0).Run.Made(s.ToUpperInvariant()),
        ["lower"] = (s, a) => a.Expect(0).Run.Made(s.ToLowerInvariant()),
        ["capitalize"] = (s, a) => a.Expect(0).Run.Made(Capitalize(s)),
        ["title"] = (s, a) => a.Expect(0).Run.Made(Title(s, c => !char.IsLetter(c))),
        ["replace"] = (s, a) => Replace(s, a.Expect(3, "count")),
        ["find"] = (s, a) => Find(s, a.Expect(1), last: false),
        ["rfind"] = (s, a) => Find(s, a.Expect(1), last: true),
        ["index"] = (s, a) => Find(s, a.Expect(1), last: false) is var at and >= 0 ? at : throw a.Run.Fail("'index' does not find the text"),
        ["count"] = (s, a) => Count(s, a.Expect(1)),
        ["join"] = (s, a) => TemplateValues.Items(a.Run, a.Expect(1).Get(0, "values")) is var items && items.FirstOrDefault(item => item is not string) is not { } other ? Join(a.Run, s, items)
            : throw a.Run.Fail($"'join' got {TemplateValues.Kind(other)} among the values; expected strings"),
        ["isdigit"] = (s, a) => All(a, s, char.IsDigit),
        ["isalpha"] = (s, a) => All(a, s, char.IsLetter),
        ["isalnum"] = (s, a) => All(a, s, char.IsLetterOrDigit),
        ["isspace"] = (s, a) => All(a, s, TemplateLexer.IsSpace),
        ["isupper"] = (s, a) => IsCase(a, s, char.IsUpper, char.IsLower),
        ["islower"] = (s, a) => IsCase(a, s, char.IsLower, char.IsUpper),
    };

    public static TemplateFunction? Find(string text, string name) =>
        Methods.TryGetValue(name, out var method) ? new TemplateFunction(name, arguments => method(text, arguments.Paid(text))) : null;

    public static string Strip(string text, string? characters, bool left, bool right)
    {
        var rest = text.AsSpan();
        var set = characters?.EnumerateRunes().ToHashSet();
        while (left && Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done && Belongs(rune)) rest = rest[length..];
        while (right && Rune.DecodeLastFromUtf16(rest, out var rune, out var length) == OperationStatus.Done && Belongs(rune)) rest = rest[..^length];
        return rest.Length == text.Length ? text : rest.ToString();

        bool Belongs(Rune rune) => set?.Contains(rune) ?? (rune.IsBmp && TemplateLexer.IsSpace((char)rune.Value));
    }

    public static string Capitalize(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Each word's first letter large, the others small.</summary>
    public static string Title(string text, Func<char, bool> separates)
    {
        var (result, starts) = (new StringBuilder(text.Length), true);
        foreach (var c in text)
        {
            result.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = separates(c);
        }
        return result.ToString();
    }

    public static string Join(TemplateRun run, string separator, IReadOnlyList<object?> values)
    {
        string[] texts = [.. values.Select(value => TemplateText.Of(run, value))];
        run.Characters(texts.Sum(text => (long)text.Length + separator.Length));
        return string.Join(separator, texts);
    }

    public static string Blanks(TemplateRun run, long count)
    {
        run.Characters(Math.Max(0, count));
        return new string(' ', (int)Math.Max(0, count));
    }

    /// <summary>Lines without their ends.</summary>
    public static List<object?> Lines(TemplateRun run, string text)
    {
        run.Characters(text.Length);
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r', '\v', '\f', '\x1C', '\x1D', '\x1E', '\x85', '\u2028', '\u2029');
        run.Step(lines.Length);
        return [.. lines.Length > 0 && lines[^1].Length == 0 ? lines[..^1] : lines];
    }

    public static string Replace(string text, Arguments arguments)
    {
        var (run, old, fresh) = (arguments.Run, arguments.Text(0, "old") ?? "", arguments.Text(1, "new") ?? "");
        if (old.Length == 0) throw run.Fail("'replace' of an empty text is not supported");
        var (most, result, from) = (arguments.Integer(2, "count", -1), new StringBuilder(), 0);
        run.Search(text, old);
        for (; most != 0; most--)
        {
            var at = text.IndexOf(old, from, StringComparison.Ordinal);
            if (at < 0) break;
            run.Characters(at - from + fresh.Length);
            result.Append(text, from, at - from).Append(fresh);
            from = at + old.Length;
        }
        run.Characters(text.Length - from);
        return result.Append(text, from, text.Length - from).ToString();
    }

    private static List<object?> Split(string text, Arguments arguments, bool fromRight)
    {
        var (run, separator, most) = (arguments.Run, arguments.Text(0, "sep"), arguments.Integer(1, "maxsplit", -1));
        if (separator is { Length: 0 }) throw run.Fail("the separator of 'split' is empty");
        run.Characters(text.Length);
        run.Search(text, separator ?? " ");
        string[] parts = separator is null ? SplitAtSpace(text, most, fromRight) : text.Split(separator);
        run.Step(parts.Length);
        if (separator is null) return [.. parts];
        if (most < 0 || parts.Length - 1 <= most) return [.. parts];
        var kept = (int)most;
        return fromRight
            ? [string.Join(separator, parts[..^kept]), .. parts[^kept..]]
            : [.. parts[..kept], string.Join(separator, parts[kept..])];
    }

    /// <summary>Words; after so many cuts, what is left.</summary>
    private static string[] SplitAtSpace(string text, long most, bool fromRight)
    {
        var words = new List<string>();
        for (var i = 0; i < text.Length && !fromRight; i++)
        {
            if (TemplateLexer.IsSpace(text[i])) continue;
            var start = i;
            if (most-- == 0) i = text.Length;
            while (i < text.Length && !TemplateLexer.IsSpace(text[i])) i++;
            words.Add(text[start..i]);
        }
        for (var i = text.Length; i > 0 && fromRight; i--)
        {
            if (TemplateLexer.IsSpace(text[i - 1])) continue;
            var end = i;
            if (most-- == 0) i = 0;
            while (i > 0 && !TemplateLexer.IsSpace(text[i - 1])) i--;
            words.Insert(0, text[i..end]);
        }
        return [.. words];
    }

    private static IEnumerable<string> Prefixes(Arguments arguments) => arguments.Get(0, "prefix") switch
    {
        string text => [text],
        object?[] tuple when tuple.All(item => item is string) => tuple.Cast<string>(),
        var other => throw arguments.Run.Fail($"'{arguments.Name}' got {TemplateValues.Kind(other)}; expected a string or a tuple of strings"),
    };

    private static long Find(string text, Arguments arguments, bool last)
    {
        var part = arguments.Text(0, "sub") ?? "";
        arguments.Run.Search(text, part);
        var at = last ? text.LastIndexOf(part, StringComparison.Ordinal) : text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : TemplateValues.Length(text[..at])!.Value;
    }

    private static long Count(string text, Arguments arguments)
    {
        if (arguments.Text(0, "sub") is not { Length: > 0 } part) throw arguments.Run.Fail("'count' needs a text that is not empty");
        arguments.Run.Search(text, part);
        var count = 0L;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private static bool All(Arguments arguments, string text, Func<char, bool> holds)
    {
        arguments.Expect(0).Run.Step(text.Length / 16);
        return text.Length > 0 && text.All(holds);
    }

    private static bool IsCase(Arguments arguments, string text, Func<char, bool> wanted, Func<char, bool> other)
    {
        arguments.Expect(0).Run.Step(text.Length / 16);
        return text.Any(wanted) && !text.Any(other);
    }
}
