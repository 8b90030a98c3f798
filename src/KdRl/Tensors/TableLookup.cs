using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Rows of a table by number. The gradient of torch's own lookup takes two tables; this one takes one, and none besides that of
/// <see cref="DirectGradients"/>. What a row gets is summed before it is added; 16 bits in float32, and rounded once.
/// </summary>
internal sealed class TableLookup : autograd.SingleTensorFunction<TableLookup>
{
    public override string Name => nameof(TableLookup);

    /// <summary>The rows, <c>[N,H]</c>.</summary>
    /// <param name="table"><c>[V,H]</c></param>
    /// <param name="rows">Their numbers, <c>int64 [N]</c>.</param>
    public static Tensor Rows(Tensor table, Tensor rows) =>
        is_grad_enabled() && table.requires_grad ? apply(table, rows, DirectGradients.For(table)!) : table.index_select(0, rows);

    /// <param name="ctx">Keeps table and numbers.</param>
    /// <param name="vars">The table, the numbers, and where the gradient is to be added, or null.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (table, rows) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([table, rows]);
        ctx.save_data("direct", vars[2]);
        return table.index_select(0, rows);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (saved, direct) = (ctx.get_saved_variables(), (DirectGradients.Table?)ctx.get_data("direct"));
        var (table, rows) = (saved[0], saved[1]);
        var (distinct, place, _) = rows.unique(return_inverse: true);
        var type = grad_output.ElementSize < sizeof(float) ? ScalarType.Float32 : grad_output.dtype;
        var sums = zeros([distinct.shape[0], table.shape[1]], type, table.device).index_add_(0, place!, grad_output.to(type), Scalars.One);
        var gradient = (direct?.Gradient ?? zeros_like(table)).index_add_(0, distinct, sums.to(table.dtype), Scalars.One);
        List<Tensor> result = [direct is null ? gradient.MoveToOuterDisposeScope() : null!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrapper alive until native code has read it.
        ctx.save_data("gradients", result);
        return result;
    }
}
