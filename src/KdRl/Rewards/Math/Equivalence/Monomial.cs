namespace KdRl.Rewards;

/// <summary>A product of powers of variables: pairs of variable and positive exponent, ordered by variable.</summary>
internal readonly struct Monomial : IEquatable<Monomial>
{
    public static readonly Monomial One = new([]);

    private readonly int[] _pairs;

    private Monomial(int[] pairs) => _pairs = pairs;

    public bool IsOne => _pairs.Length == 0;

    /// <summary>Variable and exponent, in turn.</summary>
    public ReadOnlySpan<int> Pairs => _pairs;

    public static Monomial Variable(int index) => new([index, 1]);

    public static Monomial operator *(Monomial a, Monomial b)
    {
        if (a.IsOne) return b;
        if (b.IsOne) return a;
        List<int> pairs = [];
        int i = 0, j = 0;
        while (i < a._pairs.Length || j < b._pairs.Length)
        {
            var fromA = j >= b._pairs.Length || (i < a._pairs.Length && a._pairs[i] <= b._pairs[j]);
            var fromB = i >= a._pairs.Length || (j < b._pairs.Length && b._pairs[j] <= a._pairs[i]);
            pairs.Add(fromA ? a._pairs[i] : b._pairs[j]);
            pairs.Add((fromA ? a._pairs[i + 1] : 0) + (fromB ? b._pairs[j + 1] : 0));
            if (fromA) i += 2;
            if (fromB) j += 2;
        }
        return new Monomial([.. pairs]);
    }

    /// <summary>The exponent of a variable.</summary>
    public int Degree(int variable)
    {
        for (var i = 0; i < _pairs.Length; i += 2)
            if (_pairs[i] == variable) return _pairs[i + 1];
        return 0;
    }

    public bool Equals(Monomial other) => _pairs.AsSpan().SequenceEqual(other._pairs);

    public override bool Equals(object? obj) => obj is Monomial other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var part in _pairs) hash.Add(part);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(',', _pairs);
}
