using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>
/// A block of any two sublayers with depth-scaled sandwich norm (Pangu Ultra, arXiv 2504.07866): h ← h + Norm(attn(Norm(h))), then
/// h ← h + Norm(mlp(Norm(h))), each norm an RMSNorm. The gains of the norms behind the sublayers start at what
/// <see cref="DepthScaledInit"/> says and are trained. <see cref="CausalLM"/> has such blocks when
/// <see cref="TransformerConfig.SandwichNorm"/> is set.
/// </summary>
public sealed class SandwichBlock : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> attention, mlp;
    private readonly ResidualBranch attentionBranch, mlpBranch;

    /// <param name="attention">The first sublayer, <c>[B,S,d]</c> to <c>[B,S,d]</c>; it becomes part of this module.</param>
    /// <param name="mlp">The second sublayer, likewise.</param>
    /// <param name="layers">Number of blocks of the whole model, L; positive.</param>
    /// <param name="hidden">Width d; positive.</param>
    /// <param name="epsilon">Added to the mean square under the root of each norm; positive. Left out: 1e-6.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public SandwichBlock(nn.Module<Tensor, Tensor> attention, nn.Module<Tensor, Tensor> mlp, int layers, int hidden, double epsilon = 1e-6) : base(nameof(SandwichBlock))
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(mlp);
        if (!(epsilon > 0 && double.IsFinite(epsilon))) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Expected a positive number.");
        (this.attention, this.mlp) = (attention, mlp);
        var start = DepthScaledInit.For(layers, hidden);
        attentionBranch = Branch(nameof(attention), attention, start.GammaAttn);
        mlpBranch = Branch(nameof(mlp), mlp, start.GammaMlp);

        ResidualBranch Branch(string name, nn.Module<Tensor, Tensor> sublayer, double gain)
        {
            var (before, after) = (new RmsNorm(hidden, epsilon, ScalarType.Float32, CPU), new RmsNorm(hidden, epsilon, ScalarType.Float32, CPU, gain));
            register_module($"pre_{name}_norm", before);
            register_module(name, sublayer);
            register_module($"post_{name}_norm", after);
            return new ResidualBranch(before, after);
        }
    }

    /// <summary>Both sublayers.</summary>
    /// <param name="input">h, <c>[B,S,d]</c>.</param>
    /// <returns><c>[B,S,d]</c></returns>
    /// <exception cref="ArgumentException">The input is not as wide as the block.</exception>
    /// <exception cref="InvalidOperationException">A sublayer changed the shape.</exception>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var width = attentionBranch.Before.Weight.shape[0];
        if (input.dim() != 3 || input.shape[2] != width)
            throw new ArgumentException($"input is [{string.Join(",", input.shape)}]; expected [B,S,{width}].", nameof(input));
        return mlpBranch.Forward(attentionBranch.Forward(input, x => Same(nameof(attention), attention, x)), x => Same(nameof(mlp), mlp, x));
    }

    private static Tensor Same(string name, nn.Module<Tensor, Tensor> sublayer, Tensor x)
    {
        var y = sublayer.call(x);
        return y.shape.AsSpan().SequenceEqual(x.shape) ? y
            : throw new InvalidOperationException($"The {name} sublayer made [{string.Join(",", y.shape)}] of [{string.Join(",", x.shape)}]; expected the same shape.");
    }
}
