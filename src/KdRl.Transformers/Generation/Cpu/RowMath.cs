using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The two passes of a softmax.</summary>
internal static class RowMath
{
    /// <summary>The largest number.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        var (most, whole) = (Vector512.Create(float.NegativeInfinity), x.Length & ~15);
        for (var i = 0; i < whole; i += 16) most = Vector512.MaxNative(most, Float32Format.Load(x, i));
        if (whole < x.Length) most = Vector512.MaxNative(most, Rest(x[whole..]));
        return VectorMath.Max(Vector256.MaxNative(most.GetLower(), most.GetUpper()));
    }

    /// <summary>e^(x − max).</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="max">Their largest, or that of more numbers.</param>
    /// <param name="powers">Gets the powers; may be x itself.</param>
    /// <returns>Their sum.</returns>
    public static float Exponentiate(ReadOnlySpan<float> x, float max, Span<float> powers)
    {
        var (shift, whole, sums) = (Vector512.Create(max), x.Length & ~15, Vector512<float>.Zero);
        for (var i = 0; i < whole; i += 16)
        {
            var power = VectorMath.Exp(Float32Format.Load(x, i) - shift);
            Float32Format.Store(powers, i, power);
            sums += power;
        }
        if (whole < x.Length)
        {
            var power = VectorMath.Exp(Rest(x[whole..]) - shift);
            for (var i = whole; i < x.Length; i++) powers[i] = power[i - whole];
            sums += power;
        }
        return Vector512.Sum(sums);
    }

    /// <summary>Fewer than 16 numbers, filled up with what is never the largest and has no power.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> Rest(ReadOnlySpan<float> x)
    {
        Span<float> filled = stackalloc float[16];
        filled.Fill(float.NegativeInfinity);
        x.CopyTo(filled);
        return Float32Format.Load(filled, 0);
    }
}
