using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>W·x, as fast as memory delivers W: for one row libtorch's products are no faster, and need W laid out first.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal static class MatrixVector<T, F> where T : unmanaged where F : INumberFormat<T>
{
    /// <summary>Numbers that are unpacked at a time; widths are multiples of it.</summary>
    public const int Part = 32;

    /// <param name="w"><c>[rows, width]</c></param>
    /// <param name="x"><c>[width]</c></param>
    /// <param name="room">For the work.</param>
    /// <param name="y">Gets the products, <c>[rows]</c>.</param>
    public static void Multiply(ReadOnlySpan<T> w, ReadOnlySpan<T> x, LaneScratch room, Span<float> y)
    {
        var unpacked = room.Unpacked(x.Length);
        for (var i = 0; i < x.Length; i += Part)
        {
            var (first, second) = F.LoadPair(x, i);
            Float32Format.StorePair(unpacked, i, first, second);
        }
        var whole = y.Length & ~3;
        for (var i = 0; i < whole; i += 4) Four(w.Slice(i * x.Length, 4 * x.Length), unpacked).CopyTo(y[i..]);
        for (var i = whole; i < y.Length; i++) y[i] = One(w.Slice(i * x.Length, x.Length), unpacked);
    }

    private static Vector128<float> Four(ReadOnlySpan<T> w, ReadOnlySpan<float> x)
    {
        var (first, second, third, fourth) = (0, x.Length, 2 * x.Length, 3 * x.Length);
        Vector512<float> a = default, b = default, c = default, e = default;
        for (var i = 0; i < x.Length; i += Part)
        {
            var (x1, x2) = Float32Format.LoadPair(x, i);
            var (w1, w2) = F.LoadPair(w, first + i);
            a = Vector512.FusedMultiplyAdd(w2, x2, Vector512.FusedMultiplyAdd(w1, x1, a));
            (w1, w2) = F.LoadPair(w, second + i);
            b = Vector512.FusedMultiplyAdd(w2, x2, Vector512.FusedMultiplyAdd(w1, x1, b));
            (w1, w2) = F.LoadPair(w, third + i);
            c = Vector512.FusedMultiplyAdd(w2, x2, Vector512.FusedMultiplyAdd(w1, x1, c));
            (w1, w2) = F.LoadPair(w, fourth + i);
            e = Vector512.FusedMultiplyAdd(w2, x2, Vector512.FusedMultiplyAdd(w1, x1, e));
        }
        return Sums.Of(a, b, c, e);
    }

    private static float One(ReadOnlySpan<T> w, ReadOnlySpan<float> x)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < x.Length; i += Part)
        {
            var (x1, x2) = Float32Format.LoadPair(x, i);
            var (w1, w2) = F.LoadPair(w, i);
            sum = Vector512.FusedMultiplyAdd(w2, x2, Vector512.FusedMultiplyAdd(w1, x1, sum));
        }
        return Vector512.Sum(sum);
    }
}
