using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>How a model keeps its numbers in memory. Arithmetic is in 32 bits; results are rounded to what memory can hold.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
internal interface INumberFormat<T> where T : unmanaged
{
    /// <summary>The 16 numbers from an index on.</summary>
    static abstract Vector512<float> Load(ReadOnlySpan<T> source, int index);

    /// <summary>Rounds 16 numbers and writes them from an index on.</summary>
    static abstract void Store(Span<T> target, int index, Vector512<float> values);

    /// <summary>The 32 numbers from an index on, in the order in which the format unpacks them cheapest.</summary>
    static abstract (Vector512<float> First, Vector512<float> Second) LoadPair(ReadOnlySpan<T> source, int index);

    /// <summary>The inverse of <see cref="LoadPair"/>, rounded.</summary>
    static abstract void StorePair(Span<T> target, int index, Vector512<float> first, Vector512<float> second);

    /// <summary>What storing and loading makes of the numbers.</summary>
    static abstract Vector512<float> Round(Vector512<float> values);
}
