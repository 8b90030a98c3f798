using System.Text.Json;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Reads <c>model.safetensors.index.json</c>, which says in which file of a sharded checkpoint each tensor is.</summary>
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
            var name = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
            if (name.Length == 0 || name is "." or ".." || name != Path.GetFileName(name) || name.Contains('\\', StringComparison.Ordinal))
                throw new InvalidDataException($"{path}: weight_map['{property.Name}'] is {property.Value.GetRawText()}; expected the name of a file in the same directory.");
            result.Add(property.Name, name);
        }
        if (result.Count == 0) throw new InvalidDataException($"{path}: weight_map is empty.");
        return result;
    }
}
