using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Stored floating-point numbers as doubles and back, for arithmetic on files without tensors in memory.</summary>
internal static class StoredNumbers
{
    /// <param name="type">How they are stored: 32-bit, 16-bit or brain float.</param>
    /// <param name="stored">Their bytes.</param>
    /// <param name="values">As many doubles.</param>
    public static void Decode(ScalarType type, ReadOnlySpan<byte> stored, Span<double> values)
    {
        switch (type)
        {
            case ScalarType.Float32:
                var singles = MemoryMarshal.Cast<byte, float>(stored);
                for (var i = 0; i < values.Length; i++) values[i] = singles[i];
                break;
            case ScalarType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(stored);
                for (var i = 0; i < values.Length; i++) values[i] = (double)halves[i];
                break;
            default:
                var brains = MemoryMarshal.Cast<byte, ushort>(stored);
                for (var i = 0; i < values.Length; i++) values[i] = BitConverter.UInt32BitsToSingle((uint)brains[i] << 16);
                break;
        }
    }

    /// <summary>Rounds to nearest, ties to even. A number too large for the type becomes infinite.</summary>
    public static void Encode(ScalarType type, ReadOnlySpan<double> values, Span<byte> stored)
    {
        switch (type)
        {
            case ScalarType.Float32:
                var singles = MemoryMarshal.Cast<byte, float>(stored);
                for (var i = 0; i < values.Length; i++) singles[i] = (float)values[i];
                break;
            case ScalarType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(stored);
                for (var i = 0; i < values.Length; i++) halves[i] = (Half)values[i];
                break;
            default:
                var brains = MemoryMarshal.Cast<byte, ushort>(stored);
                for (var i = 0; i < values.Length; i++) brains[i] = ToBrain(values[i]);
                break;
        }
    }

    private static ushort ToBrain(double value)
    {
        var single = (float)value;
        var bits = BitConverter.SingleToUInt32Bits(single);
        if (single != value && float.IsFinite(single))
        {
            // Through 32 bits without rounding twice: cut, and mark by an odd last bit that something was cut off.
            if (Math.Abs((double)single) > Math.Abs(value)) bits--;
            bits |= 1;
        }
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
