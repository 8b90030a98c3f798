using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The two passes of a softmax.</summary>
/// <remarks>What is left over from whole vectors is done in functions of its own, and none is inlined: with a call near a loop its numbers stay in memory, which takes twice the time.</remarks>
internal static class RowMath
{
    private const int Width = 16;

    /// <summary>The largest number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Max(ReadOnlySpan<float> x)
    {
        var (most, whole) = (Vector512.Create(float.NegativeInfinity), x.Length / Width * Width);
        for (var i = 0; i < whole; i += Width) most = Vector512.MaxNative(most, Float32Format.Load(x, i));
        var max = VectorMath.Max(Vector256.MaxNative(most.GetLower(), most.GetUpper()));
        return whole == x.Length ? max : MathF.Max(max, MaxOfRest(x[whole..]));
    }

    /// <summary>e^(x − max).</summary>
    /// <param name="x">Numbers.</param>
    /// <param name="max">Their largest, or that of more numbers.</param>
    /// <param name="powers">Gets the powers; may be x itself.</param>
    /// <returns>Their sum.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float Exponentiate(ReadOnlySpan<float> x, float max, Span<float> powers)
    {
        var (shift, whole, sums) = (Vector512.Create(max), x.Length / Width * Width, Vector512<float>.Zero);
        for (var i = 0; i < whole; i += Width)
        {
            var power = VectorMath.Exp(Float32Format.Load(x, i) - shift);
            Float32Format.Store(powers, i, power);
            sums += power;
        }
        var sum = Vector512.Sum(sums);
        return whole == x.Length ? sum : sum + ExponentiateRest(x[whole..], max, powers[whole..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float MaxOfRest(ReadOnlySpan<float> x) => Max(Fill(x, stackalloc float[Width]));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float ExponentiateRest(ReadOnlySpan<float> x, float max, Span<float> powers)
    {
        var filled = Fill(x, stackalloc float[Width]);
        var sum = Exponentiate(filled, max, filled);
        filled[..x.Length].CopyTo(powers);
        return sum;
    }

    /// <summary>Fewer than 16 numbers, filled up with what is never the largest and has no power.</summary>
    private static Span<float> Fill(ReadOnlySpan<float> x, Span<float> filled)
    {
        filled.Fill(float.NegativeInfinity);
        x.CopyTo(filled);
        return filled;
    }
}
