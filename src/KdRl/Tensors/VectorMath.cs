using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Tensors;

/// <summary>Functions of several numbers at a time.</summary>
internal static class VectorMath
{
    /// <summary>The largest x that <see cref="Exp(Vector256{float})"/> takes: the next one's power is infinite.</summary>
    public const float MaxExponent = 88.72283f;

    // Added to a number below 2²², it leaves the nearest integer in the last bits.
    private const float ToInteger = 3 << 22;

    private const uint NotANumber = 0x7FC0_0000;

    /// <summary>
    /// eˣ for x up to <see cref="MaxExponent"/>, within 1.01 units in the last place; 0 where that is no normal number. With n = round(x / ln 2) and
    /// r = x − n ln 2 it is 2ⁿ eʳ, and eʳ a polynomial (S. L. Moshier, Cephes). The runtime's own goes through float64: it takes up to three times as
    /// long, and is off by up to 2.3 units.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        var shifted = Add(x, 1.44269504f, Vector256.Create(ToInteger));
        var n = shifted - Vector256.Create(ToInteger);
        // ln 2 in two parts, so that r keeps its digits.
        var r = Add(n, 2.12194440e-4f, Add(n, -0.693359375f, x));
        var series = Vector256.Create(1.9875691500e-4f);
        series = Add(series, r, 1.3981999507e-3f);
        series = Add(series, r, 8.3334519073e-3f);
        series = Add(series, r, 4.1665795894e-2f);
        series = Add(series, r, 1.6666665459e-1f);
        series = Add(series, r, 5.0000001201e-1f);
        series = Vector256.FusedMultiplyAdd(series, r * r, r) + Vector256<float>.One;
        // The exponent is raised by n.
        var power = (series.AsInt32() + Vector256.ShiftLeft(shifted.AsInt32(), 23)).AsSingle();
        return Vector256.AndNot(power, Vector256.LessThan(x, Vector256.Create(-87.33654f)));
    }

    /// <summary>The same of 16 numbers, by halves: where vectors are shorter the runtime does not inline so many operations on 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x) => Vector512.Create(Exp(x.GetLower()), Exp(x.GetUpper()));

    /// <summary>The largest of the numbers.</summary>
    public static float Max(Vector256<float> x)
    {
        var half = Vector128.MaxNative(x.GetLower(), x.GetUpper());
        return Math.Max(Math.Max(half[0], half[1]), Math.Max(half[2], half[3]));
    }

    /// <summary>The nearest bfloat16, of two equally near the even one, in the upper halves; the lower ones are left over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> BFloat16(Vector256<float> x)
    {
        var bits = x.AsUInt32();
        var rounded = bits + Vector256.Create(0x7FFFu) + (bits >>> 16 & Vector256<uint>.One);
        return Vector256.ConditionalSelect(Vector256.IsNaN(x).AsUInt32(), Vector256.Create(NotANumber), rounded);
    }

    /// <summary>The same of 16 numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> BFloat16(Vector512<float> x) => Vector512.Create(BFloat16(x.GetLower()), BFloat16(x.GetUpper()));

    private static Vector256<float> Add(Vector256<float> a, float b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, Vector256.Create(b), c);

    private static Vector256<float> Add(Vector256<float> a, Vector256<float> b, float c) => Vector256.FusedMultiplyAdd(a, b, Vector256.Create(c));
}
