using System.Numerics;

namespace KdRl.Rewards;

/// <summary>A binary floating-point number of 256 bits (77 digits): enough to decide at 50 digits after many operations.</summary>
/// <remarks>Value: mantissa · 2^exponent. The exponent is a <see langword="long"/>, so that powers like 2^1000000 stay comparable.</remarks>
internal readonly struct BigFloat : IComparable<BigFloat>
{
    public const int Precision = 256;

    public static readonly BigFloat Zero = new(BigInteger.Zero, 0);
    public static readonly BigFloat One = new(BigInteger.One, 0);

    private readonly BigInteger _mantissa;
    private readonly long _exponent;

    public BigFloat(BigInteger mantissa, long exponent)
    {
        var excess = mantissa.GetBitLength() - Precision;
        if (excess > 0)
        {
            mantissa >>= (int)excess;
            exponent += excess;
        }
        _mantissa = mantissa;
        _exponent = mantissa.IsZero ? 0 : exponent;
    }

    public int Sign => _mantissa.Sign;

    public bool IsZero => _mantissa.IsZero;

    /// <summary>Position of the highest bit: 2^(Magnitude-1) &lt;= |value| &lt; 2^Magnitude. Very small for 0.</summary>
    public long Magnitude => IsZero ? long.MinValue / 4 : BigInteger.Abs(_mantissa).GetBitLength() + _exponent;

    public static BigFloat Of(Rational value)
    {
        if (value.IsInteger) return new BigFloat(value.Numerator, 0);
        var shift = (int)Math.Max(0, Precision + 8 + value.Denominator.GetBitLength() - BigInteger.Abs(value.Numerator).GetBitLength());
        return new BigFloat((value.Numerator << shift) / value.Denominator, -shift);
    }

    public static BigFloat Of(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        if (exponent == 0) exponent = 1;
        else mantissa |= 1L << 52;
        return new BigFloat(bits < 0 ? -mantissa : mantissa, exponent - 1075);
    }

    public static BigFloat operator +(BigFloat a, BigFloat b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a._exponent < b._exponent) (a, b) = (b, a);
        var gap = a._exponent - b._exponent;
        // Far apart: the smaller one lies below the last bit of the larger one.
        if (gap > 3 * Precision) return a.Magnitude > b.Magnitude ? a : b;
        return new BigFloat((a._mantissa << (int)gap) + b._mantissa, b._exponent);
    }

    public static BigFloat operator -(BigFloat a) => new(-a._mantissa, a._exponent);

    public static BigFloat operator -(BigFloat a, BigFloat b) => a + -b;

    public static BigFloat operator *(BigFloat a, BigFloat b) => new(a._mantissa * b._mantissa, a._exponent + b._exponent);

    /// <summary>The quotient; the divisor must not be 0.</summary>
    public static BigFloat operator /(BigFloat a, BigFloat b)
    {
        const int shift = 2 * Precision;
        return new BigFloat((a._mantissa << shift) / b._mantissa, a._exponent - shift - b._exponent);
    }

    public static bool operator <(BigFloat a, BigFloat b) => a.CompareTo(b) < 0;

    public static bool operator >(BigFloat a, BigFloat b) => a.CompareTo(b) > 0;

    public static BigFloat Abs(BigFloat value) => value.Sign < 0 ? -value : value;

    /// <summary>The square root of a number that is not negative.</summary>
    public static BigFloat Sqrt(BigFloat value)
    {
        if (value.IsZero) return Zero;
        var shift = 2 * Precision - (int)value._mantissa.GetBitLength();
        if (((value._exponent - shift) & 1) != 0) shift++;
        return new BigFloat(IntegerSqrt(value._mantissa << shift), (value._exponent - shift) / 2);
    }

    /// <summary>Multiplies by a power of two.</summary>
    public BigFloat Scale(long power) => new(_mantissa, _exponent + power);

    /// <summary>The value times 2^bits, rounded down; the caller bounds the magnitude.</summary>
    public BigInteger ToFixed(int bits)
    {
        var shift = _exponent + bits;
        if (shift >= 0) return _mantissa << (int)shift;
        return -shift > 4 * Precision ? BigInteger.Zero : _mantissa >> (int)-shift;
    }

    /// <summary>The nearest integer; the caller bounds the magnitude.</summary>
    public BigInteger Round() => (this + new BigFloat(BigInteger.One, -1)).ToFixed(0);

    /// <summary>The nearest double; infinite or 0 beyond its range.</summary>
    public double ToDouble()
    {
        var shift = Math.Max(0, (int)BigInteger.Abs(_mantissa).GetBitLength() - 60);
        return Math.ScaleB((double)(_mantissa >> shift), (int)Math.Clamp(_exponent + shift, -5000, 5000));
    }

    public int CompareTo(BigFloat other)
    {
        if (Sign != other.Sign) return Sign.CompareTo(other.Sign);
        return (this - other).Sign;
    }

    private static BigInteger IntegerSqrt(BigInteger value)
    {
        // Newton's iteration falls monotonically from any start above the root.
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + value / root) >> 1;
            if (next >= root) return root;
            root = next;
        }
    }
}
