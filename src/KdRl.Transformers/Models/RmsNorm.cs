using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>y = w · x / √(mean(x²) + ε), the mean taken over the last dimension in 32 bits (Zhang and Sennrich 2019, eq. 4).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly Scalar epsilon;
    private Parameter weight;

    /// <param name="width">Length of the last dimension.</param>
    /// <param name="epsilon">ε</param>
    /// <param name="type">Number type of w.</param>
    /// <param name="device">Where w lives.</param>
    /// <param name="gain">What each element of w is at first.</param>
    public RmsNorm(long width, double epsilon, ScalarType type, Device device, double gain = 1) : base(nameof(RmsNorm))
    {
        this.epsilon = epsilon.ToScalar();
        using var start = gain.ToScalar();
        weight = new Parameter(full([width], start, dtype: type, device: device));
        register_parameter(nameof(weight), weight);
    }

    public Parameter Weight => weight;

    public override Tensor forward(Tensor input)
    {
        if (input.dtype is ScalarType.Float32 or ScalarType.Float64) return Norm(input, Weight);
        return Norm(input.to(ScalarType.Float32), Weight.to(ScalarType.Float32)).to(input.dtype);
    }

    private Tensor Norm(Tensor x, Tensor w) =>
        is_grad_enabled() ? RmsNormFunction.apply(x, w, epsilon) : RmsNormFunction.Normalize(x, epsilon).Normalized.mul_(w);

    protected override void Dispose(bool disposing)
    {
        if (disposing) epsilon.Dispose();
        base.Dispose(disposing);
    }
}
