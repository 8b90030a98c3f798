using System.Numerics;

namespace KdRl.Rewards;

/// <summary>An end of an interval: infinite, exact, or known to 50 digits.</summary>
internal readonly record struct RealEndpoint : IComparable<RealEndpoint>
{
    public static readonly RealEndpoint MinusInfinity = new(-1, null, BigFloat.Zero);
    public static readonly RealEndpoint PlusInfinity = new(1, null, BigFloat.Zero);

    private readonly int _infinity;
    private readonly Rational? _exact;
    private readonly BigFloat _value;

    private RealEndpoint(int infinity, Rational? exact, BigFloat value) => (_infinity, _exact, _value) = (infinity, exact, value);

    public bool IsInfinite => _infinity != 0;

    public static RealEndpoint At(Rational value) => new(0, value, BigFloat.Of(value));

    public static RealEndpoint At(BigFloat value) => new(0, null, value);

    /// <summary>A fraction between two different ends.</summary>
    public static Rational Inside(RealEndpoint low, RealEndpoint high)
    {
        if (low.IsInfinite && high.IsInfinite) return Rational.Zero;
        if (low.IsInfinite) return new Rational(high._value.Round() - 2);
        if (high.IsInfinite) return new Rational(low._value.Round() + 2);
        // The middle in enough binary digits to stay off both ends.
        var middle = (low._value + high._value).Scale(-1);
        var bits = (int)Math.Clamp(8 - (high._value - low._value).Magnitude, 0, 4 * BigFloat.Precision);
        return new Rational(middle.Scale(bits).Round(), BigInteger.One << bits);
    }

    public int CompareTo(RealEndpoint other)
    {
        if (_infinity != other._infinity) return _infinity.CompareTo(other._infinity);
        if (_infinity != 0) return 0;
        if (_exact is { } a && other._exact is { } b) return a.CompareTo(b);
        var difference = _value - other._value;
        return difference.Magnitude < Math.Max(_value.Magnitude, other._value.Magnitude) - 100 ? 0 : difference.Sign;
    }
}
