using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>One tensor of a safetensors file: its type, shape, and place in the data that follows the header.</summary>
internal sealed record SafeTensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
{
    /// <summary>Number types that can be read and written, by their name in the header.</summary>
    public static readonly IReadOnlyDictionary<string, ScalarType> Types = new Dictionary<string, ScalarType>
    {
        ["F32"] = ScalarType.Float32, ["F16"] = ScalarType.Float16, ["BF16"] = ScalarType.BFloat16, ["I64"] = ScalarType.Int64,
    };

    /// <summary>Bytes per element of a supported type.</summary>
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Int64 => 8,
        ScalarType.Float32 => 4,
        ScalarType.Float16 or ScalarType.BFloat16 => 2,
        _ => throw new ArgumentException($"Tensors of type {type} cannot be stored; expected one of {string.Join(", ", Types.Values)}.", nameof(type)),
    };
}
