using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Some bytes of a stored tensor on their way into a parameter.</summary>
/// <param name="File">Where they are stored.</param>
/// <param name="Offset">The first of them in the file.</param>
/// <param name="Count">Their number.</param>
/// <param name="Target">Where the first row goes.</param>
/// <param name="RowBytes">Bytes of a row, which stays together; a divisor of <paramref name="Count"/>.</param>
/// <param name="RotaryHeadDim">Width of a head when rows half a head apart become neighbours, and the block is whole heads; else null.</param>
/// <param name="Widens">Whether brain floats become 32-bit numbers.</param>
internal readonly unsafe record struct StoredBlock(MappedFile File, long Offset, int Count, nint Target, int RowBytes, int? RotaryHeadDim, bool Widens)
{
    /// <summary>Reads them into their place; blocks may be read by several threads at once.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Load()
    {
        if (!Widens && RotaryHeadDim is null)
        {
            File.Read(Offset, new Span<byte>((void*)Target, Count));
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Count);
        File.Read(Offset, buffer.AsSpan(0, Count));
        var placedBytes = Widens ? 2 * RowBytes : RowBytes;
        for (var row = 0; row < Count / RowBytes; row++)
        {
            var stored = buffer.AsSpan(row * RowBytes, RowBytes);
            var place = new Span<byte>((void*)(Target + (nint)placedBytes * Place(row)), placedBytes);
            if (Widens) Widen(MemoryMarshal.Cast<byte, ushort>(stored), MemoryMarshal.Cast<byte, uint>(place));
            else stored.CopyTo(place);
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>i of a head goes to 2i, i + d/2 to 2i + 1.</summary>
    private int Place(int row)
    {
        if (RotaryHeadDim is not { } width) return row;
        var (within, half) = (row % width, width / 2);
        return row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    }

    /// <summary>A brain float is the upper half of a 32-bit number.</summary>
    private static void Widen(ReadOnlySpan<ushort> from, Span<uint> to)
    {
        var i = 0;
        for (; i <= from.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(from[i..]), out var first, out var second);
            (first << 16).CopyTo(to[i..]);
            (second << 16).CopyTo(to[(i + Vector<uint>.Count)..]);
        }
        for (; i < from.Length; i++) to[i] = (uint)from[i] << 16;
    }
}
