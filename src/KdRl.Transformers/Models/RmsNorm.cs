using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>y = w · x / √(mean(x²) + ε), the mean taken over the last dimension in 32 bits (Zhang and Sennrich 2019, eq. 4).</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly Scalar epsilon;

    public RmsNorm(long width, double epsilon, ScalarType type, Device device) : base(nameof(RmsNorm))
    {
        this.epsilon = epsilon.ToScalar();
        Weight = new Parameter(ones(width, dtype: type, device: device));
        register_parameter("weight", Weight);
    }

    public Parameter Weight { get; }

    public override Tensor forward(Tensor input)
    {
        var x = input.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? input.to(ScalarType.Float32) : input;
        var scale = x.mul(x).mean([-1], keepdim: true).add(epsilon, Scalars.One).rsqrt();
        return x.mul(scale).to(input.dtype).mul(Weight);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) epsilon.Dispose();
        base.Dispose(disposing);
    }
}
