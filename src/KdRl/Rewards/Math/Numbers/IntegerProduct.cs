using System.Numerics;

namespace KdRl.Rewards;

/// <summary>Products of whole numbers.</summary>
internal static class IntegerProduct
{
    /// <summary>first · (first + 1) … last; 1 when the last is below the first.</summary>
    /// <remarks>Halves first: factors of like size multiply much faster than a long number with a short one.</remarks>
    public static BigInteger Of(int first, int last)
    {
        if (last - first < 16)
        {
            var product = BigInteger.One;
            for (var i = first; i <= last; i++) product *= i;
            return product;
        }
        var middle = first + (last - first) / 2;
        return Of(first, middle) * Of(middle + 1, last);
    }
}
