namespace KdRl.Rewards;

/// <summary>Points for symbolic comparisons: SplitMix64.</summary>
internal sealed class RandomPoints(ulong seed)
{
    private ulong _state = seed;

    /// <summary>One coordinate of a point.</summary>
    /// <param name="index">The point: even ones are positive, odd ones have every coordinate negative in turn, every eighth all of them.</param>
    /// <param name="coordinate">Which coordinate.</param>
    public BigComplex Next(int index, int coordinate)
    {
        var magnitude = (index % 6) switch { 0 or 1 => 1000L, 2 or 3 => 1_000_000L, _ => 100L };
        var value = new Rational((long)(NextBits() % 9_999_991) + 1, 9_999_991) * new Rational(magnitude, 300);
        var isNegative = index % 2 == 1 && (index % 8 == 7 || ((index / 2 + coordinate) & 1) == 0);
        return BigComplex.Of(isNegative ? -value : value);
    }

    /// <summary>A coordinate of a point where something is counted: a whole number.</summary>
    public BigComplex NextCount() => BigComplex.Of(new Rational((long)(NextBits() % 40) + 1));

    private ulong NextBits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
