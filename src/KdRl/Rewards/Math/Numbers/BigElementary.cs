using System.Numerics;

namespace KdRl.Rewards;

/// <summary>BigElementary functions of real 256-bit numbers. Null where the result would be out of range.</summary>
internal static class BigElementary
{
    private const int Bits = BigFloat.Precision + 64;

    /// <summary>Bits of π: arguments up to 2^64 are reduced without losing digits.</summary>
    private const int PiBits = Bits + 128;

    /// <summary>Exponents of two beyond this are out of range.</summary>
    private const long MaxMagnitude = 1L << 40;

    private static readonly BigInteger One = BigInteger.One << Bits;

    // Machin: π = 16 arctan(1/5) - 4 arctan(1/239).
    private static readonly BigInteger FixedPi = 16 * InverseArctangent(5, PiBits, -1) - 4 * InverseArctangent(239, PiBits, -1);

    // ln 2 = 2 artanh(1/3).
    private static readonly BigInteger FixedLn2 = 2 * InverseArctangent(3, PiBits, 1);

    public static BigFloat Pi { get; } = new(FixedPi, -PiBits);

    public static BigFloat Ln2 { get; } = new(FixedLn2, -PiBits);

    public static BigFloat E { get; } = Exp(BigFloat.One)!.Value;

    /// <summary>e^x by halving the argument to below 2^-9, its series, and squaring back.</summary>
    public static BigFloat? Exp(BigFloat x)
    {
        if (x.Magnitude > 40) return null;
        const int halvings = 8;
        var k = (long)(x / Ln2).Round();
        var r = (x.ToFixed(PiBits) - k * FixedLn2) >> (PiBits - Bits + halvings);
        BigInteger sum = One, term = One;
        for (var n = 1; !term.IsZero && n < 200; n++)
        {
            term = (term * r >> Bits) / n;
            sum += term;
        }
        for (var i = 0; i < halvings; i++) sum = sum * sum >> Bits;
        return new BigFloat(sum, k - Bits);
    }

    /// <summary>ln x for positive x: a double as a start, then one step of ln x = y + 2 artanh((x - e^y)/(x + e^y)).</summary>
    public static BigFloat? Ln(BigFloat x)
    {
        if (x.Sign <= 0 || Math.Abs(x.Magnitude) > MaxMagnitude) return null;
        // Exactly: in a sum a rounding error for 0 would look like a term that is lost.
        if (x.CompareTo(BigFloat.One) == 0) return BigFloat.Zero;
        var k = x.Magnitude;
        var m = x.Scale(-k);
        var y = BigFloat.Of(Math.Log(m.ToDouble()));
        var power = Exp(y)!.Value;
        var t = (m - power) / (m + power);
        var artanh = t + t * t * t / new BigFloat(3, 0) + t * t * t * t * t / new BigFloat(5, 0);
        return y + artanh.Scale(1) + Ln2 * new BigFloat(k, 0);
    }

    /// <summary>Sine and cosine: reduced by multiples of π/2, then the series.</summary>
    public static (BigFloat Sin, BigFloat Cos)? SinCos(BigFloat x)
    {
        if (x.Magnitude > 64) return null;
        var quarter = FixedPi >> 1;
        var q = (x / Pi).Scale(1).Round();
        var r = (x.ToFixed(PiBits) - q * quarter) >> (PiBits - Bits);
        var square = r * r >> Bits;
        BigInteger sin = r, cos = One, sinTerm = r, cosTerm = One;
        for (var n = 1; (!sinTerm.IsZero || !cosTerm.IsZero) && n < 100; n++)
        {
            cosTerm = -(cosTerm * square >> Bits) / ((2 * n - 1) * (2 * n));
            sinTerm = -(sinTerm * square >> Bits) / (2 * n * (2 * n + 1));
            cos += cosTerm;
            sin += sinTerm;
        }
        var (s, c) = (new BigFloat(sin, -Bits), new BigFloat(cos, -Bits));
        // At multiples of π/2 only rounding is left.
        if (!q.IsZero && s.Magnitude < -200) s = BigFloat.Zero;
        return (int)(((q % 4) + 4) % 4) switch
        {
            0 => (s, c),
            1 => (c, -s),
            2 => (-s, -c),
            _ => (-c, s),
        };
    }

    /// <summary>arctan x: a double y as a start, then arctan x = y + arctan t with t = (x - tan y)/(1 + x tan y).</summary>
    public static BigFloat? Atan(BigFloat x)
    {
        if (x.Magnitude > 1) return Atan(BigFloat.One / x) is { } rest ? (x.Sign > 0 ? Pi.Scale(-1) : -Pi.Scale(-1)) - rest : null;
        var y = BigFloat.Of(Math.Atan(x.ToDouble()));
        var (sin, cos) = SinCos(y)!.Value;
        var t = (x * cos - sin) / (cos + x * sin);
        return y + t - t * t * t / new BigFloat(3, 0) + t * t * t * t * t / new BigFloat(5, 0);
    }

    /// <summary>The angle of a point that is not the origin, in (-π, π].</summary>
    public static BigFloat? Atan2(BigFloat y, BigFloat x)
    {
        if (y.IsZero) return x.Sign >= 0 ? BigFloat.Zero : Pi;
        if (x.IsZero) return y.Sign > 0 ? Pi.Scale(-1) : -Pi.Scale(-1);
        return Atan(y / x) is not { } angle ? null : x.Sign > 0 ? angle : y.Sign > 0 ? angle + Pi : angle - Pi;
    }

    /// <summary>The sum over k of sign^k / ((2k+1) n^(2k+1)), times 2^bits: arctan(1/n) or artanh(1/n).</summary>
    private static BigInteger InverseArctangent(int n, int bits, int sign)
    {
        // Sixteen guard bits take the rounding of the terms.
        var power = (BigInteger.One << (bits + 16)) / n;
        var sum = power;
        for (var k = 1; !power.IsZero; k++)
        {
            power /= n * n;
            sum += (sign < 0 && k % 2 == 1 ? -power : power) / (2 * k + 1);
        }
        return sum >> 16;
    }
}
