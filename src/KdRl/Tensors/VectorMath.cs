using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Tensors;

/// <summary>
/// Functions of eight numbers, and of sixteen. Both are written out, because sixteen by halves take up to twice as long; where the processor
/// has no such vectors they are taken by halves all the same, because there the runtime may call a function for each operation.
/// </summary>
internal static class VectorMath
{
    /// <summary>The largest x that <see cref="Exp(Vector256{float})"/> takes: the next one's power is infinite.</summary>
    public const float MaxExponent = 88.72283f;

    // Below, the power is no normal number.
    private const float MinExponent = -87.33654f;

    // Added to a number below 2²², it leaves the nearest integer in the last bits.
    private const float ToInteger = 3 << 22;

    // 1 / ln 2, and −ln 2 in two parts, so that x − n ln 2 keeps its digits.
    private const float InverseLn2 = 1.44269504f, Ln2High = -0.693359375f, Ln2Low = 2.12194440e-4f;

    // (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2 (S. L. Moshier, Cephes).
    private const float C5 = 1.9875691500e-4f, C4 = 1.3981999507e-3f, C3 = 8.3334519073e-3f, C2 = 4.1665795894e-2f, C1 = 1.6666665459e-1f, C0 = 5.0000001201e-1f;

    private const uint NotANumber = 0x7FC0_0000;

    /// <summary>
    /// eˣ for x up to <see cref="MaxExponent"/>, within 1.01 units in the last place; 0 where that is no normal number. With n = round(x / ln 2) and
    /// r = x − n ln 2 it is 2ⁿ eʳ. The runtime's own goes through float64: it takes two to three times as long, and is off by up to 2.3 units.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        var shifted = Add(x, InverseLn2, Vector256.Create(ToInteger));
        var n = shifted - Vector256.Create(ToInteger);
        var r = Add(n, Ln2Low, Add(n, Ln2High, x));
        var series = Add(Add(Add(Add(Add(Vector256.Create(C5), r, C4), r, C3), r, C2), r, C1), r, C0);
        var power = Vector256.FusedMultiplyAdd(series, r * r, r) + Vector256<float>.One;
        // The exponent is raised by n.
        return Vector256.AndNot((power.AsInt32() + (shifted.AsInt32() << 23)).AsSingle(), Vector256.LessThan(x, Vector256.Create(MinExponent)));
    }

    /// <inheritdoc cref="Exp(Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        if (!Vector512.IsHardwareAccelerated) return Vector512.Create(Exp(x.GetLower()), Exp(x.GetUpper()));
        var shifted = Add(x, InverseLn2, Vector512.Create(ToInteger));
        var n = shifted - Vector512.Create(ToInteger);
        var r = Add(n, Ln2Low, Add(n, Ln2High, x));
        var series = Add(Add(Add(Add(Add(Vector512.Create(C5), r, C4), r, C3), r, C2), r, C1), r, C0);
        var power = Vector512.FusedMultiplyAdd(series, r * r, r) + Vector512<float>.One;
        return Vector512.AndNot((power.AsInt32() + (shifted.AsInt32() << 23)).AsSingle(), Vector512.LessThan(x, Vector512.Create(MinExponent)));
    }

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

    /// <inheritdoc cref="BFloat16(Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> BFloat16(Vector512<float> x)
    {
        if (!Vector512.IsHardwareAccelerated) return Vector512.Create(BFloat16(x.GetLower()), BFloat16(x.GetUpper()));
        var bits = x.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + (bits >>> 16 & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.IsNaN(x).AsUInt32(), Vector512.Create(NotANumber), rounded);
    }

    private static Vector256<float> Add(Vector256<float> a, float b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, Vector256.Create(b), c);

    private static Vector256<float> Add(Vector256<float> a, Vector256<float> b, float c) => Vector256.FusedMultiplyAdd(a, b, Vector256.Create(c));

    private static Vector512<float> Add(Vector512<float> a, float b, Vector512<float> c) => Vector512.FusedMultiplyAdd(a, Vector512.Create(b), c);

    private static Vector512<float> Add(Vector512<float> a, Vector512<float> b, float c) => Vector512.FusedMultiplyAdd(a, b, Vector512.Create(c));
}
