namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>The values that a function, filter or test is called with.</summary>
/// <param name="Run">The rendering.</param>
/// <param name="Name">What is called.</param>
/// <param name="Positional">Values by position.</param>
/// <param name="Named">Values by name.</param>
internal sealed record Arguments(TemplateRun Run, string Name, IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    /// <summary>Pays for reading every value once, which is what a callee may do. Functions, filters, tests and methods that do more pay for it themselves.</summary>
    /// <param name="target">What is filtered, tested, or has the method.</param>
    public Arguments Paid(object? target = null)
    {
        Run.Read(target);
        foreach (var value in Positional) Run.Read(value);
        foreach (var value in Named.Values) Run.Read(value);
        return this;
    }

    /// <summary>Refuses arguments that the callee does not know: they would be without effect.</summary>
    public Arguments Expect(int most, params ReadOnlySpan<string> names)
    {
        if (Positional.Count > most) throw Run.Fail($"'{Name}' has {Positional.Count} arguments; at most {most} are supported");
        Run.Step((long)Named.Count * names.Length / 16);
        foreach (var name in Named.Keys)
            if (!names.Contains(name)) throw Run.Fail($"the argument '{name}' of '{Name}' is not supported");
        return this;
    }

    public bool TryGet(int position, string name, out object? value)
    {
        if (Named.TryGetValue(name, out value)) return true;
        value = position >= 0 && position < Positional.Count ? Positional[position] : null;
        return position >= 0 && position < Positional.Count;
    }

    public object? Get(int position, string name) => TryGet(position, name, out var value) ? value : throw Run.Fail($"'{Name}' needs the argument '{name}'");

    /// <summary>A text; null when left out or none.</summary>
    public string? Text(int position, string name) => TryGet(position, name, out var value) ? value switch
    {
        null => null,
        string text => text,
        _ => throw Run.Fail($"the argument '{name}' of '{Name}' is {TemplateValues.Kind(value)}; expected a string"),
    } : null;

    public long Integer(int position, string name, long other) => !TryGet(position, name, out var value) ? other
        : TemplateValues.Integer(value) ?? throw Run.Fail($"the argument '{name}' of '{Name}' is {TemplateValues.Kind(value)}; expected a whole number");

    public bool Flag(int position, string name, bool other = false) => TryGet(position, name, out var value) ? TemplateValues.IsTrue(value) : other;
}
