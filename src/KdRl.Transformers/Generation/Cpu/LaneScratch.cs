using System.Runtime.InteropServices;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Memory of one lane that is used again at each call; each kind holds one thing at a time.</summary>
internal sealed class LaneScratch
{
    private float[] numbers = [];
    private float[] head = [];
    private float[] unpacked = [];
    private byte[] stored = [];
    private byte[] storedQueries = [];
    private byte[] filled = [];
    private byte[] outputs = [];
    private double[] sums = [];

    /// <summary>Numbers of a row.</summary>
    public Span<float> Numbers(int count) => Of(ref numbers, count);

    /// <summary>Numbers of an attention head.</summary>
    public Span<float> Head(int count) => Of(ref head, count);

    /// <summary>Vectors as they are multiplied.</summary>
    public Span<float> Unpacked(int count) => Of(ref unpacked, count);

    /// <summary>Numbers as the model keeps them.</summary>
    public Span<T> Stored<T>(int count) where T : unmanaged => Cast<T>(ref stored, count);

    /// <summary>Heads that are filled up.</summary>
    public Span<T> Filled<T>(int count) where T : unmanaged => Cast<T>(ref filled, count);

    /// <summary>Outputs of a product.</summary>
    public Span<T> Outputs<T>(int count) where T : unmanaged => Cast<T>(ref outputs, count);

    /// <summary>Queries as the model keeps them.</summary>
    public Span<T> StoredQueries<T>(int count) where T : unmanaged => Cast<T>(ref storedQueries, count);

    /// <summary>A sum for each block of a row.</summary>
    public Span<double> Sums(int count) => Of(ref sums, count);

    private static unsafe Span<T> Cast<T>(ref byte[] array, int count) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Of(ref array, count * sizeof(T)));

    private static Span<N> Of<N>(ref N[] array, int count)
    {
        if (array.Length < count) array = GC.AllocateUninitializedArray<N>(Math.Max(count, 2 * array.Length));
        return array.AsSpan(0, count);
    }
}
