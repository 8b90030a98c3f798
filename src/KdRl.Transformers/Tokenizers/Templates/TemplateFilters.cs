using System.Globalization;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Jinja's filters, as far as chat templates use them.</summary>
internal static class TemplateFilters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> Filters = new()
    {
        ["trim"] = (v, a) => a.Run.Made(StringMethods.Strip(Text(v, a), a.Expect(1, "chars").Text(0, "chars"), true, true)),
        ["upper"] = (v, a) => a.Run.Made(Text(v, a.Expect(0)).ToUpperInvariant()),
        ["lower"] = (v, a) => a.Run.Made(Text(v, a.Expect(0)).ToLowerInvariant()),
        ["capitalize"] = (v, a) => a.Run.Made(StringMethods.Capitalize(Text(v, a.Expect(0)))),
        ["title"] = (v, a) => a.Run.Made(StringMethods.Title(Text(v, a.Expect(0)), c => TemplateLexer.IsSpace(c) || c is '-' or '(' or '{' or '[' or '<')),
        ["replace"] = (v, a) => StringMethods.Replace(Text(v, a), a.Expect(3, "old", "new", "count")),
        ["string"] = (v, a) => Text(v, a.Expect(0)),
        ["safe"] = (v, a) => Text(v, a.Expect(0)),
        ["e"] = (v, a) => Escape(v, a),
        ["escape"] = (v, a) => Escape(v, a),
        ["indent"] = Indent,
        ["tojson"] = TemplateJson.Write,
        ["length"] = (v, a) => Length(v, a),
        ["count"] = (v, a) => Length(v, a),
        ["default"] = Default,
        ["d"] = Default,
        ["int"] = ToInteger,
        ["float"] = (v, a) => Known(v, a) is string text ? (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : a.TryGet(0, "default", out var other) ? other : 0.0)
            : TemplateValues.Number(v) ?? (a.TryGet(0, "default", out var instead) ? instead : 0.0),
        ["abs"] = (v, a) => v is double n ? (object)Math.Abs(n) : TemplateValues.Integer(v) is { } i and not long.MinValue ? Math.Abs(i) : throw a.Run.Fail($"'abs' got {TemplateValues.Kind(v)}"),
        ["round"] = (v, a) => Round(v, a),
        ["list"] = (v, a) => TemplateValues.Items(a.Expect(0).Run, v).ToList(),
        ["items"] = (v, a) => v is TemplateMap map ? new TemplateIterator(TemplateMembers.Pairs(a.Expect(0).Run, map)) : v is Undefined ? new TemplateIterator([]) : throw a.Run.Fail($"'items' got {TemplateValues.Kind(v)}; expected a mapping"),
        ["dictsort"] = ListFilters.SortPairs,
        ["join"] = (v, a) => StringMethods.Join(a.Run, a.Expect(2, "d", "attribute").Text(0, "d") ?? "", ListFilters.Attributes(a.Run, TemplateValues.Items(a.Run, v), a.Text(1, "attribute"))),
        ["first"] = (v, a) => v is TemplateIterator iterator ? (iterator.TryNext(out var next) ? next : new Undefined("there is no first item"))
            : TemplateValues.Items(a.Expect(0).Run, v) is [var item, ..] ? item : new Undefined("there is no first item"),
        ["last"] = (v, a) => TemplateValues.Items(a.Expect(0).Run, v is TemplateIterator ? throw a.Run.Fail($"'last' got {TemplateValues.Kind(v)}") : v) is [.., var item] ? item : new Undefined("there is no last item"),
        ["reverse"] = (v, a) => v is string ? TemplateOperators.Slice(a.Expect(0).Run, v, null, null, -1) : new TemplateIterator([.. TemplateValues.Items(a.Expect(0).Run, v).Reverse()]),
        ["sort"] = ListFilters.Sort,
        ["unique"] = ListFilters.Unique,
        ["min"] = (v, a) => ListFilters.Extreme(v, a, -1),
        ["max"] = (v, a) => ListFilters.Extreme(v, a, 1),
        ["sum"] = (v, a) => ListFilters.Attributes(a.Run, TemplateValues.Items(a.Run, v), a.Expect(1, "attribute").Text(0, "attribute")).Aggregate((object?)0L, (sum, item) => TemplateOperators.Binary(a.Run, "+", sum, item)),
        ["map"] = ListFilters.Map,
        ["select"] = (v, a) => ListFilters.Select(v, a, hasAttribute: false, keeps: true),
        ["reject"] = (v, a) => ListFilters.Select(v, a, hasAttribute: false, keeps: false),
        ["selectattr"] = (v, a) => ListFilters.Select(v, a, hasAttribute: true, keeps: true),
        ["rejectattr"] = (v, a) => ListFilters.Select(v, a, hasAttribute: true, keeps: false),
    };

    public static bool Exists(string name) => Filters.ContainsKey(name);

    public static object? Apply(object? value, Arguments arguments) =>
        Filters.TryGetValue(arguments.Name, out var filter) ? filter(value, arguments.Paid(value)) : throw arguments.Run.Fail($"the filter '{arguments.Name}' is not supported");

    /// <summary>The value; what is missing is not a number in Jinja2 either.</summary>
    private static object? Known(object? value, Arguments arguments) => value is Undefined missing ? throw arguments.Run.Fail(missing.Problem) : value;

    private static string Text(object? value, Arguments arguments) => TemplateText.Of(arguments.Run, value);

    private static string Escape(object? value, Arguments arguments)
    {
        var text = Text(value, arguments.Expect(0));
        arguments.Run.Characters(text.Length + 4L * text.Count(c => c is '&' or '<' or '>' or '\'' or '"'));
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }

    private static string Indent(object? value, Arguments arguments)
    {
        var (text, run) = (Text(value, arguments.Expect(3, "width", "first", "blank")), arguments.Run);
        var prefix = arguments.TryGet(0, "width", out var width) && width is string own ? own : StringMethods.Blanks(run, arguments.Integer(0, "width", 4));
        var (first, blank) = (arguments.Flag(1, "first"), arguments.Flag(2, "blank"));
        var lines = StringMethods.Lines(run, text + "\n");
        run.Characters((long)lines.Count * (prefix.Length + 1) + text.Length);
        return string.Join('\n', lines.Cast<string>().Select((line, i) => i == 0 ? (first ? prefix + line : line) : line.Length > 0 || blank ? prefix + line : line));
    }

    private static long Length(object? value, Arguments arguments) =>
        TemplateValues.Length(value) ?? throw arguments.Expect(0).Run.Fail($"{TemplateValues.Kind(value)} has no length");

    /// <summary>Another value for what is undefined; with <c>boolean</c>, for all that counts as false.</summary>
    private static object? Default(object? value, Arguments arguments)
    {
        var other = arguments.Expect(2, "default_value", "boolean").TryGet(0, "default_value", out var given) ? given : "";
        return value is Undefined || (arguments.Flag(1, "boolean") && !TemplateValues.IsTrue(value)) ? other : value;
    }

    private static object? ToInteger(object? value, Arguments arguments)
    {
        arguments.Expect(1, "default");
        if (Known(value, arguments) is string text && long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        var number = value is string other && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : TemplateValues.Number(value);
        return value is not double && TemplateValues.Integer(value) is { } exact ? exact
            : number is > -9e18 and < 9e18 ? (long)Math.Truncate(number.Value) : arguments.TryGet(0, "default", out var instead) ? instead : 0L;
    }

    private static object Round(object? value, Arguments arguments)
    {
        var (digits, method) = (arguments.Expect(2, "precision", "method").Integer(0, "precision", 0), arguments.Text(1, "method") ?? "common");
        if (digits is < 0 or > 15) throw arguments.Run.Fail($"'round' to {digits} digits is not supported; expected 0 to 15");
        if (method == "common" && TemplateValues.Integer(value) is { } whole) return whole;
        if (TemplateValues.Number(value) is not { } number) throw arguments.Run.Fail($"'round' got {TemplateValues.Kind(value)}; expected a number");
        var scale = Math.Pow(10, digits);
        return method switch
        {
            "common" => Math.Round(number, (int)digits, MidpointRounding.ToEven),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw arguments.Run.Fail($"the method '{method}' of 'round' is not supported"),
        };
    }
}
