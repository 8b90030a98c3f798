using System.Runtime.InteropServices;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>x·Wᵀ + b with the weights where they are.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal sealed class InPlaceProduct<T, F> where T : unmanaged where F : INumberFormat<T>
{
    private readonly int width;
    private readonly DotProducts? products;

    private InPlaceProduct(int width, DotProducts? products) => (this.width, this.products) = (width, products);

    /// <summary>A product; null where a weight that is laid out anew is faster.</summary>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="rows">Rows of x to be expected.</param>
    /// <param name="dotProducts">Whether it may be that of <see cref="DotProducts"/>.</param>
    public static InPlaceProduct<T, F>? For(int width, int rows, bool dotProducts)
    {
        var products = dotProducts && typeof(T) == typeof(ushort) ? DotProducts.For(width) : null;
        return products is not null || (rows == 1 && width % MatrixVector<T, F>.Part == 0) ? new(width, products) : null;
    }

    /// <param name="x"><c>[rows, width]</c></param>
    /// <param name="w"><c>[outputs, width]</c></param>
    /// <param name="added">b, <c>[outputs]</c></param>
    /// <param name="room">For the work.</param>
    /// <param name="y">Gets the results.</param>
    /// <param name="stride">Numbers between the rows of y.</param>
    public void Multiply(ReadOnlySpan<T> x, ReadOnlySpan<T> w, ReadOnlySpan<float> added, LaneScratch room, Span<T> y, int stride)
    {
        if (products is not null && added.Length >= DotProductCode.Outputs)
        {
            products.Multiply(MemoryMarshal.Cast<T, ushort>(x), MemoryMarshal.Cast<T, ushort>(w), added, MemoryMarshal.Cast<T, ushort>(y), stride);
            return;
        }
        var sums = room.Numbers(added.Length);
        for (var row = 0; row * width < x.Length; row++)
        {
            MatrixVector<T, F>.Multiply(w, x.Slice(row * width, width), room, sums);
            for (var i = 0; i < sums.Length; i++) sums[i] += added[i];
            RowKernels<T, F>.Narrow(sums, y.Slice(row * stride, sums.Length));
        }
    }
}
