using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Each token once for each of its experts, in their order, or the way back: the sum of each token's rows. One is the gradient of the
/// other, and both only read rows by number; the gradient that torch finds by itself would add row after row to its place.
/// </summary>
internal sealed class SpreadRows : autograd.SingleTensorFunction<SpreadRows>
{
    public override string Name => nameof(SpreadRows);

    /// <summary><c>[n,H]</c> to <c>[n·K,H]</c>.</summary>
    public static Tensor Spread(Tensor tokens, RoutedRows rows) => Run(tokens, rows, true);

    /// <summary><c>[n·K,H]</c> to <c>[n,H]</c>.</summary>
    public static Tensor Gather(Tensor spread, RoutedRows rows) => Run(spread, rows, false);

    private static Tensor Run(Tensor input, RoutedRows rows, bool spreads) =>
        is_grad_enabled() ? apply(input, rows.Token, rows.Place, spreads) : Apply(input, rows.Token, rows.Place, spreads);

    /// <param name="ctx">Keeps the numbers of the rows.</param>
    /// <param name="vars">The rows, <see cref="RoutedRows.Token"/>, <see cref="RoutedRows.Place"/>, and whether they are spread.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (token, place, spreads) = ((Tensor)vars[1], (Tensor)vars[2], (bool)vars[3]);
        ctx.save_for_backward([token, place]);
        ctx.save_data("spreads", spreads);
        return Apply((Tensor)vars[0], token, place, spreads);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        var saved = ctx.get_saved_variables();
        List<Tensor> result = [Apply(gradOutput, saved[0], saved[1], !(bool)ctx.get_data("spreads")), null!, null!, null!];
        // Without a dispose scope on this thread nothing else would keep the wrapper alive until native code has read it.
        ctx.save_data("gradients", result);
        return result;
    }

    private static Tensor Apply(Tensor input, Tensor token, Tensor place, bool spreads)
    {
        if (spreads) return input.index_select(0, token);
        using var scope = NewDisposeScope();
        var byToken = input.index_select(0, place.reshape(-1)).view(place.shape[0], place.shape[1], input.shape[1]);
        return byToken.sum([1]).MoveToOuterDisposeScope();
    }
}
