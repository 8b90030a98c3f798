using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Brain floats: the upper half of a 32-bit float, rounded to the nearest, ties to even.</summary>
internal readonly struct BFloat16Format : INumberFormat<ushort>
{
    private const uint Upper = 0xFFFF_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ReadOnlySpan<ushort> source, int index)
    {
        var halves = Vector256.Create(source.Slice(index, 16));
        var bits = Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(halves)
            : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return (bits << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<ushort> target, int index, Vector512<float> values)
    {
        var upper = VectorMath.BFloat16(values) >>> 16;
        var halves = Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(upper) : Vector256.Narrow(upper.GetLower(), upper.GetUpper());
        halves.CopyTo(target.Slice(index, 16));
    }

    /// <summary>Numbers with even indices, then those with odd ones: halves of 32 bits that need not be moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> First, Vector512<float> Second) LoadPair(ReadOnlySpan<ushort> source, int index)
    {
        var bits = Vector512.Create(source.Slice(index, 32)).AsUInt32();
        return ((bits << 16).AsSingle(), (bits & Vector512.Create(Upper)).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePair(Span<ushort> target, int index, Vector512<float> first, Vector512<float> second) =>
        ((VectorMath.BFloat16(first) >>> 16) | (VectorMath.BFloat16(second) & Vector512.Create(Upper))).AsUInt16().CopyTo(target.Slice(index, 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> values) => (VectorMath.BFloat16(values) & Vector512.Create(Upper)).AsSingle();
}
