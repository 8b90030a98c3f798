namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>
/// Attributes and items of values. Nothing is reflected: only the names written here exist, and none of them changes a value
/// or reaches beyond the template's data.
/// </summary>
internal static class TemplateMembers
{
    /// <summary><c>value.name</c>: a method, or else the item of that name, as in Jinja.</summary>
    public static object? Attribute(TemplateRun run, object? value, string name)
    {
        if (Method(run, value, name) is { } method) return method;
        return value switch
        {
            Undefined missing => throw run.Fail(missing.Problem),
            TemplateMap map => map.TryGetValue(name, out var item) ? item : Missing(value, name),
            TemplateNamespace space => space.Values.TryGetValue(name, out var item) ? item : Missing(value, name),
            LoopState loop => loop.Attribute(run, name),
            _ => Missing(value, name),
        };
    }

    /// <summary><c>value[key]</c>: an item, or else the method of that name.</summary>
    public static object? Item(TemplateRun run, object? value, object? key)
    {
        switch (value)
        {
            case Undefined missing:
                throw run.Fail(missing.Problem);
            case TemplateMap map when key is string name && map.TryGetValue(name, out var item):
                run.Read(name);
                return item;
            case IReadOnlyList<object?> list when TemplateValues.Integer(key) is { } index:
                if (index < 0) index += list.Count;
                return index >= 0 && index < list.Count ? list[(int)index] : new Undefined($"{TemplateValues.Kind(value)} of {list.Count} has no item {key}");
            case string text when TemplateValues.Integer(key) is { } index:
                var characters = TemplateValues.HasPairs(run, text) ? TemplateValues.Items(run, text) : null;
                var count = characters?.Count ?? text.Length;
                if (index < 0) index += count;
                if (index < 0 || index >= count) return new Undefined($"a string of {count} has no character {key}");
                return characters is null ? text[(int)index].ToString() : characters[(int)index];
            default:
                run.Read(key);
                return key is string attribute ? Attribute(run, value, attribute) : new Undefined($"{TemplateValues.Kind(value)} has no item {TemplateText.Of(run, key)}");
        }
    }

    private static Undefined Missing(object? value, string name) => new($"{TemplateValues.Kind(value)} has no attribute '{TemplateException.Shown(name)}'");

    private static TemplateFunction? Method(TemplateRun run, object? value, string name) => value switch
    {
        string text => StringMethods.Find(text, name),
        TemplateMap map => OfMap(run, map, name),
        IReadOnlyList<object?> list => OfList(run, list, name),
        _ => null,
    };

    private static TemplateFunction? OfMap(TemplateRun run, TemplateMap map, string name) => name switch
    {
        "items" => new(name, _ => Pairs(run, map)),
        "keys" => new(name, arguments => arguments.Paid(map).Expect(0) is { } ? map.Keys.ToList<object?>() : null),
        "values" => new(name, arguments => arguments.Paid(map).Expect(0) is { } ? map.Values.ToList() : null),
        "get" => new(name, arguments => arguments.Get(0, "key") is string key && map.TryGetValue(key, out var item) ? item
            : arguments.TryGet(1, "default", out var other) ? other : null),
        "copy" => new(name, _ => map),
        "clear" or "pop" or "popitem" or "setdefault" or "update" => new(name, _ => throw run.Fail($"'{name}' would change a mapping, which templates may not")),
        _ => null,
    };

    private static TemplateFunction? OfList(TemplateRun run, IReadOnlyList<object?> list, string name) => name switch
    {
        "index" => new(name, arguments =>
        {
            for (var i = 0; i < list.Count; i++)
                if (TemplateValues.AreEqual(run, list[i], arguments.Get(0, "value"))) return (long)i;
            throw run.Fail("'index' does not find the value");
        }),
        "count" => new(name, arguments => (long)list.Count(item => TemplateValues.AreEqual(run, item, arguments.Get(0, "value")))),
        "copy" => new(name, _ => list),
        "append" or "clear" or "extend" or "insert" or "pop" or "remove" or "reverse" or "sort" =>
            new(name, _ => throw run.Fail($"'{name}' would change a list, which templates may not")),
        _ => null,
    };

    /// <summary>Name and value of each entry.</summary>
    public static List<object?> Pairs(TemplateRun run, TemplateMap map)
    {
        run.Step(map.Count);
        return [.. map.Select(pair => new object?[] { pair.Key, pair.Value })];
    }
}
