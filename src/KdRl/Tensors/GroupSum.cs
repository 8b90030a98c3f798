using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Sums over the rows that share a group id.</summary>
internal static class GroupSum
{
    /// <summary>For each row the sum of the values of its whole group.</summary>
    /// <param name="values">One value a row, <c>float [B]</c>.</param>
    /// <param name="groups">Group of each row, <c>int64 [B]</c>; any numbers.</param>
    /// <returns><c>float [B]</c>.</returns>
    public static Tensor OfRow(Tensor values, Tensor groups)
    {
        var (ids, rowToGroup, _) = groups.unique(sorted: true, return_inverse: true);
        var sums = zeros(ids.shape[0], dtype: values.dtype, device: values.device).index_add(0, rowToGroup!, values, Scalars.One);
        return sums.index_select(0, rowToGroup!);
    }
}
