namespace KdRl.Transformers.Tokenizers.Templates;

/// <summary>Variables. Loops and macros read those outside and write their own.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> values = [];

    public void Set(string name, object? value) => values[name] = value;

    public object? Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.values.TryGetValue(name, out var value)) return value;
        return new Undefined($"'{name}' is undefined");
    }

    /// <summary>How many scopes a variable is looked for in, at most.</summary>
    public int Depth { get; } = outer is null ? 1 : outer.Depth + 1;

    private Scope? Outer { get; } = outer;
}
