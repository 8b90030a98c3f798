using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Sums inside vectors.</summary>
internal static class Sums
{
    /// <summary>The four quarters of a vector added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Quarter(Vector512<float> v)
    {
        var half = v.GetLower() + v.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    /// <summary>The sums of four vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => Sse3.IsSupported
        ? Sse3.HorizontalAdd(Sse3.HorizontalAdd(Quarter(a), Quarter(b)), Sse3.HorizontalAdd(Quarter(c), Quarter(d)))
        : Vector128.Create(Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c), Vector512.Sum(d));
}
