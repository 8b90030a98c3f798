using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>32-bit floats.</summary>
internal readonly struct Float32Format : INumberFormat<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(ReadOnlySpan<float> source, int index) => Vector512.Create(source.Slice(index, 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<float> target, int index, Vector512<float> values) => values.CopyTo(target.Slice(index, 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> First, Vector512<float> Second) LoadPair(ReadOnlySpan<float> source, int index) =>
        (Load(source, index), Load(source, index + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePair(Span<float> target, int index, Vector512<float> first, Vector512<float> second)
    {
        Store(target, index, first);
        Store(target, index + 16, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> values) => values;
}
