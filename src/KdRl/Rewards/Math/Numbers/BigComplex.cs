namespace KdRl.Rewards;

/// <summary>A complex number of 256-bit parts; functions take principal values. Null where a result is undefined or out of range.</summary>
internal readonly record struct BigComplex(BigFloat Re, BigFloat Im)
{
    public static readonly BigComplex Zero = new(BigFloat.Zero, BigFloat.Zero);
    public static readonly BigComplex One = new(BigFloat.One, BigFloat.Zero);
    public static readonly BigComplex I = new(BigFloat.Zero, BigFloat.One);

    public bool IsZero => Re.IsZero && Im.IsZero;

    /// <summary>The imaginary part is nothing but rounding.</summary>
    public bool IsReal => Im.IsZero || Im.Magnitude < Re.Magnitude - 150;

    /// <summary>Position of the highest bit of the larger part.</summary>
    public long Magnitude => Math.Max(Re.Magnitude, Im.Magnitude);

    public static BigComplex Of(Rational value) => new(BigFloat.Of(value), BigFloat.Zero);

    public static BigComplex Of(BigFloat value) => new(value, BigFloat.Zero);

    public static BigComplex operator +(BigComplex a, BigComplex b) => new(a.Re + b.Re, a.Im + b.Im);

    public static BigComplex operator -(BigComplex a) => new(-a.Re, -a.Im);

    public static BigComplex operator -(BigComplex a, BigComplex b) => a + -b;

    public static BigComplex operator *(BigComplex a, BigComplex b) => a.Im.IsZero && b.Im.IsZero
        ? Of(a.Re * b.Re)
        : new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);

    public static BigComplex? Divide(BigComplex a, BigComplex b)
    {
        if (b.IsZero) return null;
        if (b.Im.IsZero) return new BigComplex(a.Re / b.Re, a.Im / b.Re);
        var norm = b.Re * b.Re + b.Im * b.Im;
        var product = a * new BigComplex(b.Re, -b.Im);
        return new BigComplex(product.Re / norm, product.Im / norm);
    }

    public static BigFloat Abs(BigComplex z) => z.Im.IsZero ? BigFloat.Abs(z.Re) : BigFloat.Sqrt(z.Re * z.Re + z.Im * z.Im);

    public static BigComplex Sqrt(BigComplex z)
    {
        if (z.IsReal) return z.Re.Sign >= 0 ? Of(BigFloat.Sqrt(z.Re)) : new BigComplex(BigFloat.Zero, BigFloat.Sqrt(-z.Re));
        var abs = Abs(z);
        var re = BigFloat.Sqrt((abs + z.Re).Scale(-1));
        var im = BigFloat.Sqrt((abs - z.Re).Scale(-1));
        return new BigComplex(re, z.Im.Sign < 0 ? -im : im);
    }

    public static BigComplex? Exp(BigComplex z)
    {
        if (BigElementary.Exp(z.Re) is not { } scale) return null;
        if (z.Im.IsZero) return Of(scale);
        return BigElementary.SinCos(z.Im) is { } turn ? new BigComplex(scale * turn.Cos, scale * turn.Sin) : null;
    }

    public static BigComplex? Ln(BigComplex z)
    {
        if (z.IsZero) return null;
        if (z.IsReal && z.Re.Sign > 0) return BigElementary.Ln(z.Re) is { } real ? Of(real) : null;
        return BigElementary.Ln(Abs(z)) is { } log && BigElementary.Atan2(z.IsReal ? BigFloat.Zero : z.Im, z.Re) is { } angle
            ? new BigComplex(log, angle)
            : null;
    }

    /// <summary>Sine and cosine; of a complex number through e^(iz).</summary>
    public static (BigComplex Sin, BigComplex Cos)? SinCos(BigComplex z)
    {
        if (z.Im.IsZero) return BigElementary.SinCos(z.Re) is { } real ? (Of(real.Sin), Of(real.Cos)) : null;
        if (Exp(I * z) is not { } plus || Exp(-(I * z)) is not { } minus) return null;
        var (sum, difference) = (plus + minus, plus - minus);
        return (new BigComplex(difference.Im.Scale(-1), (-difference.Re).Scale(-1)), new BigComplex(sum.Re.Scale(-1), sum.Im.Scale(-1)));
    }

    /// <summary>z^n by squaring; a negative power of 0 is undefined.</summary>
    public static BigComplex? Pow(BigComplex z, long exponent)
    {
        var result = One;
        var power = z;
        for (var n = Math.Abs(exponent); n > 0; n >>= 1)
        {
            if (Math.Abs(power.Magnitude) > 1L << 45 && !power.IsZero) return null;
            if ((n & 1) != 0) result *= power;
            power *= power;
        }
        return exponent >= 0 ? result : Divide(One, result);
    }

    /// <summary>z^w = e^(w ln z).</summary>
    public static BigComplex? Pow(BigComplex z, BigComplex exponent)
    {
        if (z.IsZero) return exponent.IsReal && exponent.Re.Sign > 0 ? Zero : null;
        return Ln(z) is { } log ? Exp(exponent * log) : null;
    }
}
