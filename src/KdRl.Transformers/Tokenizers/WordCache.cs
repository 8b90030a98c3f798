using System.Collections.Concurrent;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Remembers the ids of words that were encoded before. Bounded: when full, it takes no more. Thread-safe.</summary>
internal sealed class WordCache
{
    private const int Capacity = 1 << 16, LongestWord = 48;

    private readonly ConcurrentDictionary<string, int[]> words = new();
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private int count;

    public WordCache() => lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGet(ReadOnlySpan<char> word, out int[] ids) => lookup.TryGetValue(word, out ids!);

    public void Add(ReadOnlySpan<char> word, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord || Volatile.Read(ref count) >= Capacity) return;
        if (lookup.TryAdd(word, ids.ToArray())) Interlocked.Increment(ref count);
    }
}
