namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Jinja's tests (<c>value is name</c>).</summary>
internal static class TemplateTests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> Tests = new()
    {
        ["defined"] = (v, _) => v is not Undefined,
        ["undefined"] = (v, _) => v is Undefined,
        ["none"] = (v, _) => v is null,
        ["string"] = (v, _) => v is string,
        ["boolean"] = (v, _) => v is bool,
        ["true"] = (v, _) => v is true,
        ["false"] = (v, _) => v is false,
        ["integer"] = (v, _) => v is long,
        ["float"] = (v, _) => v is double,
        ["number"] = (v, _) => v is bool or long or double,
        ["mapping"] = (v, _) => v is TemplateMap,
        ["sequence"] = (v, _) => v is string or IReadOnlyList<object?> or TemplateMap or Undefined,
        ["iterable"] = (v, _) => v is TemplateIterator or string or IReadOnlyList<object?> or TemplateMap or Undefined,
        ["callable"] = (v, _) => v is TemplateFunction or Undefined,
        ["odd"] = (v, a) => (Whole(v, a) & 1) == 1,
        ["even"] = (v, a) => (Whole(v, a) & 1) == 0,
        ["divisibleby"] = (v, a) => TemplateOperators.Binary(a.Run, "%", Whole(v, a), a.Get(0, "num")) is 0L,
        ["lower"] = (v, a) => TemplateText.Of(a.Run, v) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["upper"] = (v, a) => TemplateText.Of(a.Run, v) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["in"] = (v, a) => TemplateOperators.Contains(a.Run, a.Get(0, "seq"), v),
        ["sameas"] = (v, a) => a.Get(0, "other") is var other && (ReferenceEquals(v, other) || (v is bool or long && v.Equals(other))),
        ["filter"] = (v, _) => v is string name && TemplateFilters.Exists(name),
        ["test"] = (v, _) => v is string name && Exists(name),
    };

    static TemplateTests()
    {
        foreach (var name in new[] { "equalto", "eq" }) Tests[name] = (v, a) => TemplateValues.AreEqual(a.Run, v, a.Get(0, "other"));
        Tests["ne"] = (v, a) => !TemplateValues.AreEqual(a.Run, v, a.Get(0, "other"));
        foreach (var name in new[] { "lt", "lessthan" }) Tests[name] = (v, a) => TemplateValues.Compare(a.Run, v, a.Get(0, "other")) < 0;
        foreach (var name in new[] { "gt", "greaterthan" }) Tests[name] = (v, a) => TemplateValues.Compare(a.Run, v, a.Get(0, "other")) > 0;
        Tests["le"] = (v, a) => TemplateValues.Compare(a.Run, v, a.Get(0, "other")) <= 0;
        Tests["ge"] = (v, a) => TemplateValues.Compare(a.Run, v, a.Get(0, "other")) >= 0;
        // Filters such as selectattr name tests by their symbols.
        foreach (var (symbol, name) in new[] { ("==", "eq"), ("!=", "ne"), ("<", "lt"), (">", "gt"), ("<=", "le"), (">=", "ge") }) Tests[symbol] = Tests[name];
    }

    public static bool Exists(string name) => Tests.ContainsKey(name);

    public static bool Holds(object? value, Arguments arguments)
    {
        if (!Tests.TryGetValue(arguments.Name, out var test)) throw arguments.Run.Fail($"the test '{arguments.Name}' is not supported");
        return test(value, arguments.Expect(1).Paid(value));
    }

    private static long Whole(object? value, Arguments arguments) =>
        TemplateValues.Integer(value) ?? throw arguments.Run.Fail($"'{arguments.Name}' got {TemplateValues.Kind(value)}; expected a whole number");
}
