using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Reads and writes <c>model.safetensors.index.json</c>, which says in which file of a sharded checkpoint each tensor is.</summary>
internal static class ShardIndex
{
    /// <summary>File name by tensor name.</summary>
    /// <exception cref="InvalidDataException">The file is not such an index, or names a file outside its directory.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        var root = JsonFile.Read(path);
        if (!root.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{path}: weight_map is missing; expected an object of file names.");
        var result = new Dictionary<string, string>();
        foreach (var property in map.EnumerateObject())
        {
            if (FileName(property.Value) is not { } name)
                throw new InvalidDataException($"{path}: weight_map['{property.Name}'] is {property.Value.GetRawText()}; expected the name of a file in the same directory.");
            result.Add(property.Name, name);
        }
        if (result.Count == 0) throw new InvalidDataException($"{path}: weight_map is empty.");
        return result;
    }

    /// <summary>The plain name of a file; null when it is anything else.</summary>
    private static string? FileName(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            var name = value.GetString()!;
            return name is "" or "." or ".." || name.Length > 255 || name != Path.GetFileName(name) || name.AsSpan().ContainsAny('\\', '\0') ? null : name;
        }
        // Half of a surrogate pair is JSON, but no string.
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes the index; the file appears whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="files">File name by tensor name.</param>
    /// <param name="size">Bytes of all tensors.</param>
    public static void Write(string path, IReadOnlyDictionary<string, string> files, long size)
    {
        var index = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = size },
            ["weight_map"] = new JsonObject(files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => KeyValuePair.Create(file.Key, (JsonNode?)file.Value))),
        };
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(index, ConfigJson.Indented));
    }
}
