using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Tensors;

/// <summary>A row of a table of logits in memory, float32 or bfloat16, read and written some numbers at a time as float32.</summary>
/// <remarks>The last numbers are those that end with the row: what of them was read before is masked. No call stands in the loops of its users.</remarks>
internal readonly unsafe struct LogitRow(byte* start, int length, bool isBFloat16)
{
    /// <summary>Numbers at a time, and the least length of a row.</summary>
    public const int Width = 8;

    // What was read before: its exponential is 0, and so is that times itself.
    private const float Before = -1e20f;

    /// <summary>Numbers in the row.</summary>
    public int Length => length;

    /// <summary>A number.</summary>
    public float this[int at]
    {
        get => isBFloat16 ? BitConverter.UInt32BitsToSingle((uint)((ushort*)start)[at] << 16) : ((float*)start)[at];
        set
        {
            if (isBFloat16) ((ushort*)start)[at] = (ushort)(VectorMath.BFloat16(Vector256.CreateScalar(value))[0] >> 16);
            else ((float*)start)[at] = value;
        }
    }

    /// <summary>The numbers from a multiple of <see cref="Width"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load(int at) =>
        length - at >= Width ? Read(at) : Vector256.ConditionalSelect(IsBefore(at), Vector256.Create(Before), Read(length - Width));

    /// <summary>Writes numbers where <see cref="Load"/> reads them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int at, Vector256<float> values)
    {
        if (length - at >= Width) Write(at, values);
        else Write(length - Width, Vector256.ConditionalSelect(IsBefore(at), Read(length - Width), values));
    }

    /// <summary>The largest number.</summary>
    public float Max()
    {
        var row = this;
        var most = Vector256.Create(float.NegativeInfinity);
        for (var i = 0; i < row.Length; i += Width) most = Vector256.MaxNative(most, row.Load(i));
        return VectorMath.Max(most);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> IsBefore(int at) => Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(at - (length - Width))).AsSingle();

    // A bfloat16 is the upper half of a float32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Read(int at) => isBFloat16
        ? Vector256.ShiftLeft(Vector256.WidenLower(Vector128.Load((ushort*)start + at).ToVector256Unsafe()), 16).AsSingle()
        : Vector256.Load((float*)start + at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(int at, Vector256<float> values)
    {
        if (!isBFloat16)
        {
            values.Store((float*)start + at);
            return;
        }
        var rounded = VectorMath.BFloat16(values) >>> 16;
        Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)start + at);
    }
}
