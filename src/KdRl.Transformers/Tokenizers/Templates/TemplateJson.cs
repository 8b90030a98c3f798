using System.Text;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The filter <c>tojson</c> as chat templates know it: Python's <c>json.dumps</c> with <c>ensure_ascii=False</c>.</summary>
internal sealed class TemplateJson
{
    private readonly TemplateRun run;
    private readonly StringBuilder output = new();
    private readonly bool isAscii, sortsKeys;
    private readonly string? indent;
    private readonly string itemSeparator, keySeparator;

    private TemplateJson(Arguments arguments)
    {
        arguments.Expect(1, "indent", "ensure_ascii", "sort_keys", "separators");
        run = arguments.Run;
        (isAscii, sortsKeys) = (arguments.Flag(0, "ensure_ascii"), arguments.Flag(-1, "sort_keys"));
        if (arguments.Named.TryGetValue("indent", out var width) && width is not null)
            indent = width as string ?? StringMethods.Blanks(run, arguments.Integer(-1, "indent", 0));
        (itemSeparator, keySeparator) = (indent is null ? ", " : ",", ": ");
        if (!arguments.Named.TryGetValue("separators", out var pair) || pair is null) return;
        if (pair is not IReadOnlyList<object?> list || list is not [string item, string key]) throw run.Fail("'separators' of 'tojson' is not a pair of strings");
        (itemSeparator, keySeparator) = (item, key);
    }

    /// <param name="value">What is written.</param>
    /// <param name="arguments">Of the filter.</param>
    public static string Write(object? value, Arguments arguments)
    {
        var writer = new TemplateJson(arguments);
        writer.Add(value, 0);
        return writer.output.ToString();
    }

    private void Add(object? value, int depth)
    {
        run.GuardDepth();
        switch (value)
        {
            case null:
                Put("null");
                break;
            case bool flag:
                Put(flag ? "true" : "false");
                break;
            case long number:
                Put($"{number}");
                break;
            case double number:
                Put(double.IsFinite(number) ? TemplateText.Float(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case string text:
                Quote(text);
                break;
            case IReadOnlyList<object?> list:
                AddAll('[', ']', list, depth, item => Add(item, depth + 1));
                break;
            case TemplateMap map:
                AddAll('{', '}', sortsKeys ? [.. map.OrderBy(pair => pair.Key, StringComparer.Ordinal)] : map.ToList(), depth, pair =>
                {
                    Quote(pair.Key);
                    Put(keySeparator);
                    Add(pair.Value, depth + 1);
                });
                break;
            default:
                throw run.Fail($"{TemplateValues.Kind(value)} cannot be written as JSON{(value is Undefined missing ? $" ({missing.Problem})" : "")}");
        }
    }

    private void AddAll<T>(char open, char close, IReadOnlyList<T> items, int depth, Action<T> add)
    {
        Put($"{open}");
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) Put(itemSeparator);
            NewLine(depth + 1);
            add(items[i]);
        }
        if (items.Count > 0) NewLine(depth);
        Put($"{close}");
    }

    private void NewLine(int depth)
    {
        if (indent is null) return;
        Put("\n");
        for (var i = 0; i < depth; i++) Put(indent);
    }

    private void Put(string text) => output.Append(run.Made(text));

    private void Quote(string text)
    {
        run.Characters(text.Length + 2);
        output.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => output.Append("\\\""),
                '\\' => output.Append("\\\\"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                '\b' => output.Append("\\b"),
                '\f' => output.Append("\\f"),
                < ' ' => Code(c),
                > '~' when isAscii => Code(c),
                _ => output.Append(c),
            };
        }
        output.Append('"');
    }

    private StringBuilder Code(char c)
    {
        run.Characters(5);
        return output.Append($"\\u{(int)c:x4}");
    }
}
