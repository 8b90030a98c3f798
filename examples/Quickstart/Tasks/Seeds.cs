namespace KdRl.Examples.Quickstart.Tasks;

/// <summary>Independent streams of random numbers from one seed, the same on every machine.</summary>
internal static class Seeds
{
    /// <summary>A stream for one purpose.</summary>
    public static Random Random(long seed, string purpose) => new((int)Derive(seed, purpose));

    /// <summary>A seed for one purpose; never negative.</summary>
    public static long Derive(long seed, string purpose) => (long)(Hash($"{seed}/{purpose}") >> 1);

    /// <summary>FNV-1a with a final mix, since the low bits of FNV alone are weak.</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
