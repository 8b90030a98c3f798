using System.Text;

namespace KdRl.Transformers.Generation;

/// <summary>
/// The random numbers of one rollout: a SplitMix64 stream (Steele et al. 2014) whose start is a hash of seed, prompt id and
/// rollout number, read at the token's position. No state is kept, so the numbers do not depend on what else is drawn.
/// </summary>
internal readonly struct RolloutSeed
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong start;

    /// <param name="seed">Seed of the draw.</param>
    /// <param name="promptId">Id of the prompt.</param>
    /// <param name="rollout">Number of the rollout in its group.</param>
    public RolloutSeed(long seed, string promptId, int rollout)
    {
        // FNV-1a of the UTF-8 bytes: stable across processes and platforms.
        var hash = 0xCBF29CE484222325UL;
        foreach (var b in Encoding.UTF8.GetBytes(promptId)) hash = (hash ^ b) * 0x100000001B3UL;
        start = Mix(Mix(Mix((ulong)seed + Golden) ^ hash) + Golden * (ulong)(rollout + 1));
    }

    /// <summary>Uniform in [0,1), a multiple of 2⁻⁴⁸: its product with a sum of probabilities stays below that sum.</summary>
    public double At(int position) => (Mix(start + Golden * (ulong)(position + 1)) >> 16) * (1.0 / (1L << 48));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
