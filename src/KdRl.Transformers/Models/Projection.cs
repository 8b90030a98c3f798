using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>y = x·Wᵀ + b. Several projections of one input are rows of one weight: one matrix product instead of several.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    public Projection(long inputs, long outputs, bool hasBias, ScalarType type, Device device) : base(nameof(Projection))
    {
        Weight = new Parameter(empty(outputs, inputs, dtype: type, device: device));
        register_parameter("weight", Weight);
        if (!hasBias) return;
        Bias = new Parameter(zeros(outputs, dtype: type, device: device));
        register_parameter("bias", Bias);
    }

    /// <summary><c>[outputs, inputs]</c></summary>
    public Parameter Weight { get; }

    /// <summary><c>[outputs]</c>, or null when there is none.</summary>
    public Parameter? Bias { get; }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, Weight, Bias);
}
