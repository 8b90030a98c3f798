using System.Globalization;

namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Filters that go through the items of a list.</summary>
internal static class ListFilters
{
    /// <summary>The attribute (<c>a.b</c>) of each item; null: the items.</summary>
    public static IReadOnlyList<object?> Attributes(TemplateRun run, IReadOnlyList<object?> items, string? attribute) =>
        attribute is null ? items : [.. items.Select(item => Attribute(run, item, attribute))];

    public static TemplateIterator Map(object? value, Arguments arguments)
    {
        var (run, items) = (arguments.Run, AnyItems(arguments.Run, value));
        if (arguments.Positional is [string filter, ..])
        {
            var inner = new Arguments(run, filter, [.. arguments.Positional.Skip(1)], arguments.Named);
            return new TemplateIterator([.. items.Select(item => TemplateFilters.Apply(item, inner))]);
        }
        var attribute = arguments.Expect(0, "attribute", "default").Text(-1, "attribute") ?? throw run.Fail("'map' needs a filter or an attribute");
        arguments.TryGet(-1, "default", out var other);
        return new TemplateIterator([.. items.Select(item => Attribute(run, item, attribute, other))]);
    }

    /// <summary>Items that pass a test, or whose attribute does; without a test, those that count as true.</summary>
    public static TemplateIterator Select(object? value, Arguments arguments, bool hasAttribute, bool keeps)
    {
        var (run, skip) = (arguments.Run, hasAttribute ? 1 : 0);
        var attribute = hasAttribute ? arguments.Text(0, "attribute") ?? throw run.Fail($"'{arguments.Name}' needs an attribute") : null;
        var test = arguments.Positional.Count > skip ? arguments.Text(skip, "test") : null;
        var inner = new Arguments(run, test ?? "", [.. arguments.Positional.Skip(skip + 1)], arguments.Named);
        return new TemplateIterator([.. AnyItems(run, value).Where(item =>
        {
            var tested = attribute is null ? item : Attribute(run, item, attribute);
            return (test is null ? TemplateValues.IsTrue(tested) : TemplateTests.Holds(tested, inner)) == keeps;
        })]);
    }

    public static List<object?> Sort(object? value, Arguments arguments)
    {
        arguments.Expect(3, "reverse", "case_sensitive", "attribute");
        var (isExact, attribute) = (arguments.Flag(1, "case_sensitive"), arguments.Text(2, "attribute"));
        return Ordered(arguments.Run, TemplateValues.Items(arguments.Run, value),
            // A list of one key, as in Jinja2: what is equal needs no order.
            item => new List<object?> { Key(arguments.Run, Attributes(arguments.Run, [item], attribute)[0], isExact) }, arguments.Flag(0, "reverse"));
    }

    /// <summary>Entries of a mapping by key, or by value.</summary>
    public static List<object?> SortPairs(object? value, Arguments arguments)
    {
        arguments.Expect(3, "case_sensitive", "by", "reverse");
        var (isExact, by) = (arguments.Flag(0, "case_sensitive"), arguments.Text(1, "by") ?? "key");
        if (value is not TemplateMap map) throw arguments.Run.Fail($"'dictsort' got {TemplateValues.Kind(value)}; expected a mapping");
        if (by is not ("key" or "value")) throw arguments.Run.Fail($"'dictsort' by '{by}' is not supported; expected 'key' or 'value'");
        return Ordered(arguments.Run, TemplateMembers.Pairs(arguments.Run, map), pair => Key(arguments.Run, ((object?[])pair!)[by == "key" ? 0 : 1], isExact), arguments.Flag(2, "reverse"));
    }

    public static TemplateIterator Unique(object? value, Arguments arguments)
    {
        var (run, isExact, attribute) = (arguments.Expect(2, "case_sensitive", "attribute").Run, arguments.Flag(0, "case_sensitive"), arguments.Text(1, "attribute"));
        var (kept, keys) = (new List<object?>(), new List<object?>());
        foreach (var item in TemplateValues.Items(run, value))
        {
            var key = Key(run, Attributes(run, [item], attribute)[0], isExact);
            if (keys.Exists(other => TemplateValues.AreEqual(run, other, key))) continue;
            keys.Add(key);
            kept.Add(item);
        }
        return new TemplateIterator(kept);
    }

    /// <param name="value">The list.</param>
    /// <param name="arguments">Of the filter.</param>
    /// <param name="sign">1: the largest; -1: the smallest.</param>
    public static object? Extreme(object? value, Arguments arguments, int sign)
    {
        var (run, isExact, attribute) = (arguments.Expect(2, "case_sensitive", "attribute").Run, arguments.Flag(0, "case_sensitive"), arguments.Text(1, "attribute"));
        var (items, best) = (TemplateValues.Items(run, value), 0);
        if (items.Count == 0) return new Undefined($"'{arguments.Name}' of an empty list");
        var keys = Attributes(run, items, attribute).Select(key => Key(run, key, isExact)).ToList();
        for (var i = 1; i < keys.Count; i++)
            if (TemplateValues.Compare(run, keys[i], keys[best]) * sign > 0) best = i;
        return items[best];
    }

    /// <summary>Jinja's filters compare texts without regard to case unless told otherwise.</summary>
    private static object? Key(TemplateRun run, object? value, bool isExact) => value is string text && !isExact ? run.Made(text).ToLowerInvariant() : value;

    private static List<object?> Ordered(TemplateRun run, IReadOnlyList<object?> items, Func<object?, object?> key, bool descends)
    {
        // LINQ's sort is stable, as Python's is; reversed, equal items still keep their order.
        var order = Comparer<object?>.Create((a, b) => TemplateValues.Compare(run, a, b));
        try
        {
            return descends ? [.. items.OrderByDescending(key, order)] : [.. items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateException inner)
        {
            throw inner;
        }
    }

    /// <summary>Items; none where the value counts as false, whatever it is.</summary>
    private static IReadOnlyList<object?> AnyItems(TemplateRun run, object? value) => TemplateValues.IsTrue(value) ? TemplateValues.Items(run, value) : [];

    /// <param name="run">The rendering.</param>
    /// <param name="item">What has the attribute.</param>
    /// <param name="path">Names or indices with dots between them.</param>
    /// <param name="other">Stands for whatever is missing on the way; null: nothing does.</param>
    private static object? Attribute(TemplateRun run, object? item, string path, object? other = null)
    {
        run.Step(1 + path.Length / 8);
        foreach (var name in path.Split('.'))
        {
            item = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? TemplateMembers.Item(run, item, index) : TemplateMembers.Item(run, item, name);
            if (item is Undefined && other is not null) item = other;
        }
        return item;
    }
}
