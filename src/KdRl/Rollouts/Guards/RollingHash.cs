namespace KdRl.Rollouts;

/// <summary>Hashes of sequences that slide: Σ (tokenᵢ + 1)·base^(n−1−i) modulo 2⁶¹ − 1.</summary>
internal static class RollingHash
{
    /// <summary>Any large number will do; the same in every run, so that runs repeat.</summary>
    public const ulong Base = 0x0F3A_95C7_D2E1_68B5;

    private const ulong Modulus = (1UL << 61) - 1;

    /// <summary>The hash of a sequence with a token behind it.</summary>
    public static ulong Append(ulong hash, int token) => Reduce(Multiply(hash, Base) + Value(token));

    /// <summary>The hash without the first token, whose factor is base^(n−1).</summary>
    public static ulong Drop(ulong hash, int first, ulong factor) => Reduce(hash + Modulus - Multiply(Value(first), factor));

    /// <summary>a·b modulo 2⁶¹ − 1.</summary>
    public static ulong Multiply(ulong a, ulong b)
    {
        var product = (UInt128)a * b;
        return Reduce((ulong)(product & Modulus) + (ulong)(product >> 61));
    }

    private static ulong Value(int token) => (ulong)(uint)token + 1;

    private static ulong Reduce(ulong value) => value >= Modulus ? value - Modulus : value;
}
