namespace KdRl.Training;

/// <summary>Independent seeds from one seed and counters, the same on every machine (the finaliser of SplitMix64).</summary>
internal static class Seeds
{
    /// <summary>First counter of the order of minibatches within a step; the rounds of dynamic sampling count from 0 and stay below.</summary>
    public const long MiniBatchOrder = 1_000_000;

    /// <summary>Counter of the answers to held-out prompts; steps count from 0.</summary>
    public const long Evaluation = -1;

    /// <summary>A seed for a counter.</summary>
    public static long Mix(long seed, long counter)
    {
        var z = unchecked((ulong)seed * 0x9E3779B97F4A7C15UL + (ulong)counter + 0x632BE59BD9B4E019UL);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return unchecked((long)(z ^ (z >> 31)));
    }

    /// <summary>A seed for generators that take 32 bits.</summary>
    public static int Narrow(long seed) => unchecked((int)(seed ^ (seed >> 32)));
}
