using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>What happens between matrix products, row by row, rounded where the model's tensor code rounds.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal static class RowKernels<T, F> where T : unmanaged where F : INumberFormat<T>
{
    private static readonly Vector512<int> Real = Vector512.Create(0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14);
    private static readonly Vector512<int> Imaginary = Vector512.Create(1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15);
    private static readonly Vector512<int> Swapped = Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    private static readonly Vector512<float> Signs = Vector512.Create(-1f, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1);

    /// <summary>x as 32-bit numbers.</summary>
    public static void Widen(ReadOnlySpan<T> x, Span<float> y) => Scale(x, 1, y);

    /// <summary>x times a factor.</summary>
    public static void Scale(ReadOnlySpan<T> x, float factor, Span<float> y)
    {
        var whole = x.Length & ~15;
        for (var i = 0; i < whole; i += 16) Float32Format.Store(y, i, F.Load(x, i) * factor);
        if (whole == x.Length) return;
        Span<T> rest = stackalloc T[16];
        rest.Clear();
        x[whole..].CopyTo(rest);
        var last = F.Load(rest, 0) * factor;
        for (var i = whole; i < x.Length; i++) y[i] = last[i - whole];
    }

    /// <summary>x as the model keeps numbers.</summary>
    public static void Narrow(ReadOnlySpan<float> x, Span<T> y)
    {
        var whole = x.Length & ~15;
        for (var i = 0; i < whole; i += 16) F.Store(y, i, Float32Format.Load(x, i));
        if (whole == x.Length) return;
        Span<float> rest = stackalloc float[16];
        rest.Clear();
        x[whole..].CopyTo(rest);
        Span<T> last = stackalloc T[16];
        F.Store(last, 0, Float32Format.Load(rest, 0));
        last[..(x.Length - whole)].CopyTo(y[whole..]);
    }

    /// <summary>y = w · x / √(mean(x²) + ε), <see cref="Models.RmsNorm"/>; a multiple of 16 numbers.</summary>
    public static void Normalize(ReadOnlySpan<float> x, ReadOnlySpan<float> w, double epsilon, Span<T> y)
    {
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < x.Length; i += 16)
        {
            var v = Float32Format.Load(x, i);
            squares = Vector512.FusedMultiplyAdd(v, v, squares);
        }
        var scale = Vector512.Create((float)(1 / Math.Sqrt(Vector512.Sum(squares) / x.Length + epsilon)));
        for (var i = 0; i < x.Length; i += 16) F.Store(y, i, Float32Format.Load(x, i) * scale * Float32Format.Load(w, i));
    }

    /// <summary>x + y into x; a multiple of 16 numbers.</summary>
    public static void Add(Span<float> x, ReadOnlySpan<T> y)
    {
        for (var i = 0; i < x.Length; i += 16) Float32Format.Store(x, i, F.Round(Float32Format.Load(x, i) + F.Load(y, i)));
    }

    /// <summary>silu(gate) · up, with silu(x) = x/(1 + e^(−x)); a multiple of 16 numbers.</summary>
    public static void SwiGlu(ReadOnlySpan<T> gate, ReadOnlySpan<T> up, Span<T> y)
    {
        for (var i = 0; i < gate.Length; i += 16)
        {
            var x = F.Load(gate, i);
            // Of a gate beyond the largest exponent a part in 10³⁸ is left, in place of less.
            var power = VectorMath.Exp(Vector512.MinNative(Vector512.Create(VectorMath.MaxExponent), -x));
            F.Store(y, i, F.Round(x / (Vector512<float>.One + power)) * F.Load(up, i));
        }
    }

    /// <summary>Each pair (a, b) of a head times its turn c + s·i: (ac − bs, as + bc).</summary>
    /// <param name="x">A head, the members of a pair side by side.</param>
    /// <param name="turns">c and s of each pair.</param>
    /// <param name="y">Gets the turned head.</param>
    public static void Turn(ReadOnlySpan<float> x, ReadOnlySpan<float> turns, Span<float> y)
    {
        var whole = x.Length & ~15;
        for (var i = 0; i < whole; i += 16)
        {
            var (v, turn) = (Float32Format.Load(x, i), Float32Format.Load(turns, i));
            var product = v * Vector512.Shuffle(turn, Real) + Vector512.Shuffle(v, Swapped) * (Vector512.Shuffle(turn, Imaginary) * Signs);
            Float32Format.Store(y, i, F.Round(product));
        }
        for (var i = whole; i < x.Length; i += 2)
        {
            var (a, b, c, s) = (x[i], x[i + 1], turns[i], turns[i + 1]);
            (y[i], y[i + 1]) = (Rounded(a * c - b * s), Rounded(a * s + b * c));
        }
    }

    private static float Rounded(float number) => F.Round(Vector512.Create(number)).ToScalar();
}
