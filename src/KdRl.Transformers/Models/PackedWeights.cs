using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Copies of a model's matrices in the layout that decoding reads fastest (<see cref="PackedLinear"/>).</summary>
internal sealed class PackedWeights : ILinearProducts
{
    private readonly Dictionary<object, Tensor> copies = new(ReferenceEqualityComparer.Instance);

    /// <param name="model">The model, whose weights do not change from now on.</param>
    /// <param name="rows">Rows of a decoding step to be expected.</param>
    public PackedWeights(CausalLM model, int rows)
    {
        using var scope = NewDisposeScope();
        foreach (var weight in model.Projections().Select(named => (Tensor)named.Part.Projection.Weight).Append(model.OutputWeight))
            if (!copies.ContainsKey(weight) && PackedLinear.Pack(weight, rows) is { } copy) copies[weight] = copy.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor? Linear(Tensor x, Tensor weight, Tensor? bias) => copies.TryGetValue(weight, out var copy) ? PackedLinear.Apply(x, copy, bias) : null;

    public void Dispose()
    {
        foreach (var copy in copies.Values) copy.Dispose();
    }
}
