using System.Text.Json;

namespace KdRl.Rewards;

/// <summary>Reads the arguments of one instruction strictly: none missing, none left over, each of its kind. Null means absent.</summary>
internal sealed class InstructionArguments
{
    private const string LessThan = "less than", AtLeast = "at least";
    private readonly string id;
    private readonly Dictionary<string, JsonElement> left;

    /// <exception cref="ArgumentException">The arguments are no object.</exception>
    public InstructionArguments(string id, JsonElement arguments)
    {
        this.id = id;
        if (arguments.ValueKind != JsonValueKind.Object) throw new ArgumentException($"Instruction '{id}' has arguments {arguments}; expected an object.", nameof(arguments));
        left = [];
        foreach (var argument in arguments.EnumerateObject().Where(a => a.Value.ValueKind != JsonValueKind.Null)) left[argument.Name] = argument.Value;
    }

    /// <summary>A whole number of at least a bound.</summary>
    public int Number(string name, int least)
    {
        var value = Take(name);
        return value.ValueKind == JsonValueKind.Number && Whole(value) is { } number && number >= least ? number : throw Unexpected(name, value, $"a whole number of at least {least}");
    }

    /// <summary>A text that is not blank.</summary>
    public string Text(string name)
    {
        var value = Take(name);
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : throw Unexpected(name, value, "a text that is not blank");
    }

    /// <summary>A text of one character.</summary>
    public char Letter(string name)
    {
        var value = Take(name);
        return value.ValueKind == JsonValueKind.String && value.GetString()?.Trim() is [var letter] ? letter : throw Unexpected(name, value, "one character");
    }

    /// <summary>At least one text, none of them empty.</summary>
    public string[] Texts(string name)
    {
        var value = Take(name);
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String && e.GetString() is { Length: > 0 }))
            return [.. value.EnumerateArray().Select(e => e.GetString()!)];
        throw Unexpected(name, value, "a list of texts");
    }

    /// <summary>"less than" or "at least", as a comparison of a count with a threshold.</summary>
    public Func<int, int, bool> Relation(string name)
    {
        var value = Take(name);
        return (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
        {
            LessThan => (count, threshold) => count < threshold,
            AtLeast => (count, threshold) => count >= threshold,
            _ => throw Unexpected(name, value, $"\"{LessThan}\" or \"{AtLeast}\""),
        };
    }

    /// <exception cref="ArgumentException">Something is left over.</exception>
    public void ThrowIfLeft()
    {
        if (left.Count > 0) throw new ArgumentException($"Instruction '{id}' has no argument '{string.Join("', '", left.Keys)}'.");
    }

    private ArgumentException Unexpected(string name, JsonElement found, string expected) => new($"Instruction '{id}' has {name} {found.GetRawText()}; expected {expected}.");

    private JsonElement Take(string name) => left.Remove(name, out var value) ? value : throw new ArgumentException($"Instruction '{id}' lacks the argument '{name}'.");

    // 3.0 is whole: files that went through a data frame have it so.
    private static int? Whole(JsonElement value) => value.TryGetDouble(out var number) && Math.Abs(number) <= int.MaxValue && number == Math.Floor(number) ? (int)number : null;
}
