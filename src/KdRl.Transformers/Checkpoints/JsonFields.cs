using System.Text.Json;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Typed access to the fields of a JSON object; a wrong type is reported with path, field, and what was found.</summary>
internal sealed class JsonFields(string path, JsonElement root)
{
    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string key) => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the field is there, null or not.</summary>
    public bool Contains(string key) => root.TryGetProperty(key, out _);

    public int Required(string key) => Int(key) ?? throw Bad(key, "a whole number");

    public int? Int(string key)
    {
        if (!Has(key)) return null;
        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Bad(key, "a whole number");
    }

    public double? Number(string key)
    {
        if (!Has(key)) return null;
        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Bad(key, "a number");
    }

    /// <summary>False when absent.</summary>
    public bool Flag(string key)
    {
        if (!Has(key)) return false;
        var value = root.GetProperty(key);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Bad(key, "true or false");
    }

    public string? Text(string key)
    {
        if (!Has(key)) return null;
        var value = root.GetProperty(key);
        if (value.ValueKind != JsonValueKind.String) throw Bad(key, "a string");
        try
        {
            return value.GetString();
        }
        // Half of a surrogate pair is JSON, but no string.
        catch (InvalidOperationException)
        {
            throw Bad(key, "a string of whole characters");
        }
    }

    public string RequiredText(string key) => Text(key) ?? throw Bad(key, "a string");

    public bool IsText(string key) => root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String;

    public bool IsEmptyText(string key) => IsText(key) && root.GetProperty(key).GetString()!.Length == 0;

    /// <summary>All fields.</summary>
    public IEnumerable<(string Name, JsonElement Value)> All() => root.EnumerateObject().Select(property => (property.Name, property.Value));

    public JsonFields? Object(string key)
    {
        if (!Has(key)) return null;
        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Object ? new JsonFields($"{path}: {key}", value) : throw Bad(key, "an object");
    }

    public IReadOnlyList<JsonElement> List(string key)
    {
        if (!Has(key)) return [];
        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Bad(key, "a list");
    }

    public IEnumerable<JsonFields> Objects(string key) =>
        List(key).Select(item => item.ValueKind == JsonValueKind.Object ? new JsonFields($"{path}: {key}", item) : throw Bad(key, "a list of objects"));

    /// <summary>A list of strings; null when absent.</summary>
    public string[]? Texts(string key)
    {
        if (!Has(key)) return null;
        try
        {
            return [.. List(key).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Bad(key, "a list of strings"))];
        }
        catch (InvalidOperationException)
        {
            throw Bad(key, "strings of whole characters");
        }
    }

    /// <summary>One token id or a list of them; empty when absent.</summary>
    public int[] Ids(string key)
    {
        if (!Has(key)) return [];
        var value = root.GetProperty(key);
        if (value.ValueKind == JsonValueKind.Number) return [Required(key)];
        return [.. List(key).Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var id) ? id : throw Bad(key, "token ids"))];
    }

    /// <summary>Refuses any other value of a field that decides what the model or tokenizer is.</summary>
    public void Expect(string key, string expected, bool isOptional = false)
    {
        if (Text(key) is { } found ? found != expected : !isOptional) throw Bad(key, $"'{expected}', the only one supported");
    }

    public InvalidDataException Bad(string key, string expected) =>
        new($"{path}: {key} is {(root.TryGetProperty(key, out var found) ? Shorten(found.GetRawText()) : "missing")}; expected {expected}.");

    private static string Shorten(string text) => text.Length <= 120 ? text : text[..120] + "…";
}
