using System.Buffers;
using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Counts different hashes. In rented memory: the table of a long response is a large object, and a new one for each would call for full collections.</summary>
internal ref struct HashTally
{
    private readonly ulong[] slots;
    private readonly int shift;

    /// <param name="capacity">The most hashes that will be added.</param>
    public HashTally(int capacity)
    {
        // At most half full, so that a search ends soon.
        var size = (int)BitOperations.RoundUpToPowerOf2(2 * (uint)capacity);
        shift = 64 - BitOperations.Log2((uint)size);
        slots = ArrayPool<ulong>.Shared.Rent(size);
        slots.AsSpan(0, size).Clear();
    }

    /// <summary>Different hashes added so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a hash below 2⁶⁴ − 1.</summary>
    public void Add(ulong hash)
    {
        // 0 marks a free slot.
        var entry = hash + 1;
        // The upper bits of a product depend on all bits of the hash (Knuth, multiplicative hashing by the golden ratio).
        var slot = (entry * 0x9E37_79B9_7F4A_7C15) >> shift;
        var mask = ulong.MaxValue >> shift;
        while (slots[slot] != entry)
        {
            if (slots[slot] == 0)
            {
                slots[slot] = entry;
                Count++;
                return;
            }

            slot = (slot + 1) & mask;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose() => ArrayPool<ulong>.Shared.Return(slots);
}
