using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>The two passes of a softmax.</summary>
internal static class RowMath
{
    /// <summary>The largest number.</summary>
    public static float Max(ReadOnlySpan<float> x)
    {
        var (most, whole) = (Vector512.Create(float.NegativeInfinity), x.Length & ~15);
        for (var i = 0; i < whole; i += 16) most = Vector512.Max(most, Float32Format.Load(x, i));
        var largest = float.NegativeInfinity;
        for (var i = 0; i < 16; i++) largest = MathF.Max(largest, most[i]);
        for (var i = whole; i < x.Length; i++) largest = MathF.Max(largest, x[i]);
        return largest;
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
            var power = Vector512.Exp(Float32Format.Load(x, i) - shift);
            Float32Format.Store(powers, i, power);
            sums += power;
        }
        var sum = Vector512.Sum(sums);
        for (var i = whole; i < x.Length; i++) sum += powers[i] = MathF.Exp(x[i] - max);
        return sum;
    }
}
