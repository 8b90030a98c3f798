using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// y_e = x_e·W_eᵀ for blocks of rows x_e that lie one behind the other, one block for each expert. Written out, all results and
/// gradients of the rows go into one tensor each; composed of single products they would be copied together, and every one would be a
/// node of the graph.
/// </summary>
internal sealed class GroupedLinear : autograd.SingleTensorFunction<GroupedLinear>
{
    public override string Name => nameof(GroupedLinear);

    /// <param name="rows"><c>[rows, inputs]</c></param>
    /// <param name="counts">Rows of each block; 0 where there are none.</param>
    /// <param name="weights">A weight <c>[outputs, inputs]</c> for each block.</param>
    /// <returns><c>[rows, outputs]</c></returns>
    public static Tensor Run(Tensor rows, long[] counts, IEnumerable<Tensor> weights) =>
        is_grad_enabled() ? apply([rows, counts, .. weights]) : Product(rows, counts, [.. weights.Select(weight => weight.t())]);

    /// <param name="ctx">Keeps rows and weights.</param>
    /// <param name="vars">The rows, their counts, and the weights.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (rows, counts, weights) = ((Tensor)vars[0], (long[])vars[1], vars.Skip(2).Cast<Tensor>().ToArray());
        ctx.save_for_backward([rows, .. weights]);
        ctx.save_data("counts", counts);
        return Product(rows, counts, Array.ConvertAll(weights, weight => weight.t()));
    }

    /// <summary>dL/dx_e = g_e·W_e and dL/dW_e = g_eᵀ·x_e; none for a weight without rows.</summary>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        var (rows, weights, counts) = (saved[0], saved.Skip(1).ToArray(), (long[])ctx.get_data("counts"));
        var (inputs, gradients) = (rows.split(counts), gradOutput.split(counts));
        List<Tensor> result = [Product(gradOutput, counts, weights).MoveToOuterDisposeScope(), null!];
        for (var e = 0; e < weights.Length; e++)
            result.Add(counts[e] > 0 && weights[e].requires_grad ? gradients[e].t().mm(inputs[e]).MoveToOuterDisposeScope() : null!);
        // Without a dispose scope on this thread nothing else would keep the wrappers alive until native code has read them.
        ctx.save_data("gradients", result);
        return result;
    }

    private static Tensor Product(Tensor rows, long[] counts, Tensor[] factors)
    {
        using var scope = NewDisposeScope();
        var result = empty([rows.shape[0], factors[0].shape[1]], rows.dtype, rows.device);
        var (inputs, outputs) = (rows.split(counts), result.split(counts));
        for (var e = 0; e < factors.Length; e++)
            if (counts[e] > 0) outputs[e].addmm_(inputs[e], factors[e], 0, 1);
        return result.MoveToOuterDisposeScope();
    }
}
