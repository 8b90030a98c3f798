using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>A sublayer beside the residual stream: x + f(Norm(x)), or, with a norm behind it too (sandwich), x + Norm(f(Norm(x))).</summary>
/// <param name="Before">What the sublayer's input passes.</param>
/// <param name="After">What the sublayer's output passes; null: it is added as it is.</param>
internal sealed record ResidualBranch(RmsNorm Before, RmsNorm? After)
{
    /// <param name="x">The residual stream, <c>[…,H]</c>.</param>
    /// <param name="sublayer">f; keeps the shape.</param>
    public Tensor Forward(Tensor x, Func<Tensor, Tensor> sublayer)
    {
        var y = sublayer(Before.forward(x));
        return x.add(After is null ? y : After.forward(y), Scalars.One);
    }
}
