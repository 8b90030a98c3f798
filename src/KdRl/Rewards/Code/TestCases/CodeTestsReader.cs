using System.Text.Json;

namespace KdRl.Rewards.Code;

/// <summary>Reads tests from JSON; says where it is wrong.</summary>
internal static class CodeTestsReader
{
    private static readonly string[] Known = ["language", "prefix", "cases", "function", "assert", "names"];

    public static CodeTests Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            var root = StrictJson.Parse(json);
            if (root.ValueKind != JsonValueKind.Object) throw Bad($"tests are a JSON {root.ValueKind}; expected an object");
            if (root.EnumerateObject().Select(p => p.Name).FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
                throw Bad($"'{unknown}' is unknown; expected some of {string.Join(", ", Known)}");
            return Kind(root) with { Language = Text(root, "language", "python"), Prefix = Text(root, "prefix", "") };
        }
        catch (JsonException e)
        {
            throw new FormatException($"Tests are not JSON: {e.Message}", e);
        }
    }

    private static CodeTests Kind(JsonElement root) => (root.TryGetProperty("assert", out _), root.TryGetProperty("function", out _)) switch
    {
        (true, true) => throw Bad("'assert' and 'function' are both there; expected one of them"),
        (true, false) when root.TryGetProperty("cases", out _) => throw Bad("'cases' have no effect beside 'assert'; leave them out"),
        (true, false) => new AssertTests(Text(root, "assert")) { Names = Names(root) },
        (false, true) => new FunctionTests(Text(root, "function"), Cases(root, (c, i) => new FunctionCase(Items(c, "args", i), Property(c, "result", i)))),
        _ => new ProgramTests(Cases(root, (c, i) => new ProgramCase(Text(c, "input"), Text(c, "output")))),
    };

    private static List<T> Cases<T>(JsonElement root, Func<JsonElement, int, T> read)
    {
        if (!root.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array || cases.GetArrayLength() == 0)
            throw Bad("'cases' is missing, empty or no array; expected at least one case");
        if (root.TryGetProperty("names", out _)) throw Bad("'names' has an effect beside 'assert' only; leave it out");
        return [.. cases.EnumerateArray().Select((c, i) => c.ValueKind == JsonValueKind.Object ? read(c, i) : throw Bad($"case {i} is a JSON {c.ValueKind}; expected an object"))];
    }

    private static string[] Names(JsonElement root)
    {
        if (!root.TryGetProperty("names", out var names)) return [];
        return names.ValueKind == JsonValueKind.Array && names.EnumerateArray().All(n => n.ValueKind == JsonValueKind.String)
            ? [.. names.EnumerateArray().Select(n => n.GetString()!)]
            : throw Bad("'names' is not an array of strings");
    }

    private static JsonElement[] Items(JsonElement element, string name, int index)
    {
        var items = Property(element, name, index);
        return items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : throw Bad($"'{name}' of case {index} is a JSON {items.ValueKind}; expected an array");
    }

    private static JsonElement Property(JsonElement element, string name, int index) =>
        element.TryGetProperty(name, out var value) ? value : throw Bad($"case {index} has no '{name}'");

    private static string Text(JsonElement element, string name, string? absent = null)
    {
        if (!element.TryGetProperty(name, out var value)) return absent ?? throw Bad($"'{name}' is missing");
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad($"'{name}' is a JSON {value.ValueKind}; expected a string");
    }

    private static FormatException Bad(string what) => new($"Tests cannot be read: {what}.");
}
