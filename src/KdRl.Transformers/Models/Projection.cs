using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>y = x·Wᵀ + b. Several projections of one input are rows of one weight: one matrix product instead of several.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    // Named as registered: moving a module to another device or type replaces its parameters through fields of that name.
    private Parameter weight;
    private Parameter? bias;

    public Projection(long inputs, long outputs, bool hasBias, ScalarType type, Device device) : base(nameof(Projection))
    {
        weight = new Parameter(empty(outputs, inputs, dtype: type, device: device));
        register_parameter(nameof(weight), weight);
        if (!hasBias) return;
        bias = new Parameter(zeros(outputs, dtype: type, device: device));
        register_parameter(nameof(bias), bias);
    }

    /// <summary><c>[outputs, inputs]</c></summary>
    public Parameter Weight => weight;

    /// <summary><c>[outputs]</c>, or null when there is none.</summary>
    public Parameter? Bias => bias;

    /// <summary>What adapters add; empty without one.</summary>
    public List<IProjectionAddition> Additions { get; } = [];

    /// <summary>Some of the outputs only.</summary>
    /// <param name="input"><c>[…, inputs]</c></param>
    /// <param name="start">First output.</param>
    /// <param name="count">Number of outputs.</param>
    public Tensor Part(Tensor input, long start, long count) =>
        Adapted(nn.functional.linear(input, Weight.narrow(0, start, count), Bias?.narrow(0, start, count)), input, start);

    public override Tensor forward(Tensor input) => Adapted(LinearProducts.Linear(input, Weight, Bias), input, 0);

    private Tensor Adapted(Tensor output, Tensor input, long start)
    {
        foreach (var addition in Additions) output = addition.Add(output, input, start);
        return output;
    }
}
