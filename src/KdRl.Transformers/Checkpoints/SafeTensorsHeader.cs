using System.Buffers.Binary;
using System.Text.Json;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Reads and checks the header of a safetensors file: 8 bytes of length, a JSON object, then the data. Every tensor must
/// lie inside the data, have the size its shape says, and touch its neighbours without gap or overlap.
/// </summary>
internal static class SafeTensorsHeader
{
    /// <summary>The format's own limit.</summary>
    private const long LongestHeader = 100_000_000;

    /// <summary>The tensors of the file and the position where its data starts.</summary>
    /// <exception cref="InvalidDataException">The file is torn or its header is wrong; the message names path and tensor.</exception>
    public static (Dictionary<string, SafeTensorsEntry> Entries, long DataStart) Read(FileStream file)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < 8) throw Bad(file, $"has {file.Length} bytes; expected at least the 8 of the header's length");
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        var longest = Math.Min(LongestHeader, file.Length - 8);
        if (length > (ulong)longest) throw Bad(file, $"states a header of {length} bytes; expected at most {longest} (the file may be truncated)");
        var json = new byte[length];
        file.ReadExactly(json);
        var start = 8 + (long)length;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return (Parse(file, document.RootElement, file.Length - start), start);
        }
        // A lone surrogate in a string surfaces as InvalidOperationException.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file.Name}: the header is not a JSON object of distinct tensors: {e.Message}", e);
        }
    }

    private static Dictionary<string, SafeTensorsEntry> Parse(FileStream file, JsonElement root, long dataLength)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Bad(file, $"header is a JSON {root.ValueKind}; expected an object");
        var entries = new Dictionary<string, SafeTensorsEntry>();
        foreach (var property in root.EnumerateObject())
            if (property.Name != "__metadata__" && !entries.TryAdd(property.Name, Entry(file, property.Name, property.Value, dataLength)))
                throw Bad(file, $"tensor '{property.Name}' is there twice");
        var position = 0L;
        foreach (var entry in entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != position)
                throw Bad(file, $"tensor '{entry.Name}' starts at byte {entry.Begin} of the data; expected {position} (neither gap nor overlap)");
            position = entry.End;
        }
        if (position != dataLength) throw Bad(file, $"has {dataLength} bytes of data; its tensors end at {position}");
        return entries;
    }

    private static SafeTensorsEntry Entry(FileStream file, string name, JsonElement value, long dataLength)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(file, $"tensor '{name}' is a JSON {value.ValueKind}; expected an object");
        if (!value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !SafeTensorsEntry.Types.TryGetValue(dtype.GetString()!, out var type))
            throw Bad(file, $"tensor '{name}' has dtype {Text(value, "dtype")}; expected one of {string.Join(", ", SafeTensorsEntry.Types.Keys)}");
        var shape = Numbers(file, name, value, "shape");
        var offsets = Numbers(file, name, value, "data_offsets");
        if (offsets.Length != 2 || offsets[0] > offsets[1] || offsets[1] > dataLength)
            throw Bad(file, $"tensor '{name}' has data_offsets {Text(value, "data_offsets")}; expected a begin and an end inside the {dataLength} bytes of data");
        var size = (UInt128)SafeTensorsEntry.SizeOf(type);
        foreach (var side in shape)
        {
            size *= (ulong)side;
            if (size > long.MaxValue) throw Bad(file, $"tensor '{name}' has shape {Text(value, "shape")}, which is too large");
        }
        if (size != (ulong)(offsets[1] - offsets[0]))
            throw Bad(file, $"tensor '{name}' has {offsets[1] - offsets[0]} bytes; its shape and dtype need {size}");
        return new SafeTensorsEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static long[] Numbers(FileStream file, string name, JsonElement value, string key)
    {
        if (!value.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            throw Bad(file, $"tensor '{name}' has {key} {Text(value, key)}; expected a list of numbers");
        var numbers = new long[list.GetArrayLength()];
        var i = 0;
        foreach (var item in list.EnumerateArray())
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i++]) || numbers[i - 1] < 0)
                throw Bad(file, $"tensor '{name}' has {key} {Text(value, key)}; expected whole numbers from 0");
        return numbers;
    }

    private static string Text(JsonElement value, string key) => value.TryGetProperty(key, out var found) ? found.GetRawText() : "missing";

    private static InvalidDataException Bad(FileStream file, string what) => new($"{file.Name}: {what}.");
}
