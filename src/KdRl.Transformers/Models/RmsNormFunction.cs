using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// RMSNorm with its gradient written out. With x̂ = x/r, r = √(mean(x²) + ε) and y = w·x̂:
/// dL/dw = Σ g·x̂ and dL/dx = (g·w − x̂·mean(g·w·x̂)) / r. Composed operations would make twice the passes over memory.
/// </summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    public override string Name => nameof(RmsNormFunction);

    /// <param name="ctx">Keeps x̂, w and 1/r.</param>
    /// <param name="vars">x <c>[…,H]</c>, w <c>[H]</c>, ε as a rooted scalar.</param>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, epsilon) = ((Tensor)vars[0], (Tensor)vars[1], (Scalar)vars[2]);
        var (normalized, inverse) = Normalize(x, epsilon);
        ctx.save_for_backward([normalized, weight, inverse]);
        return normalized.mul(weight);
    }

    /// <summary>x̂ and 1/r.</summary>
    public static (Tensor Normalized, Tensor Inverse) Normalize(Tensor x, Scalar epsilon)
    {
        using var width = ((double)x.shape[^1]).ToScalar();
        var root = linalg.vector_norm(x, 2, [-1], keepdim: true);
        var inverse = root.mul_(root).div_(width).add_(epsilon, Scalars.One).rsqrt_();
        return (x.mul(inverse), inverse);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor gradOutput)
    {
        var saved = ctx.get_saved_variables();
        var (normalized, weight, inverse) = (saved[0], saved[1], saved[2]);
        var width = weight.shape[0];
        using var share = (-1.0 / width).ToScalar();
        var product = gradOutput.mul(normalized).reshape(-1, width);
        var mean = product.mv(weight).mul_(share).view(inverse.shape);
        var gradInput = gradOutput.mul(weight).addcmul_(normalized, mean, Scalars.One).mul_(inverse);
        return [gradInput, product.sum([0]), null!];
    }
}
