using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Copies of a model's matrices in the layout that decoding reads fastest (<see cref="PackedLinear"/>). They serve only the thread that
/// is in <see cref="Use"/>: other work on the model, at the same time or between two decoding steps, reads the weights themselves.
/// </summary>
internal sealed class PackedWeights : IDisposable
{
    [ThreadStatic]
    private static PackedWeights? current;

    private readonly Dictionary<object, Tensor> copies = new(ReferenceEqualityComparer.Instance);

    /// <param name="model">The model, whose weights do not change from now on.</param>
    /// <param name="rows">Rows of a decoding step to be expected.</param>
    public PackedWeights(CausalLM model, int rows)
    {
        using var scope = NewDisposeScope();
        foreach (var weight in model.Projections().Select(named => (Tensor)named.Part.Projection.Weight).Append(model.OutputWeight))
            if (!copies.ContainsKey(weight) && PackedLinear.Pack(weight, rows) is { } copy) copies[weight] = copy.DetachFromDisposeScope();
    }

    /// <summary>Whether this thread decodes with laid out weights.</summary>
    public static bool AreInUse => current is not null;

    /// <summary>Runs tensor code with the copies in place of the weights.</summary>
    public void Use(Action body)
    {
        var outer = current;
        current = this;
        try
        {
            body();
        }
        finally
        {
            current = outer;
        }
    }

    /// <summary>x·Wᵀ + b, with the copy of W where there is one in use.</summary>
    /// <param name="x"><c>[…, inputs]</c></param>
    /// <param name="weight">The weight itself, <c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c></param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias) =>
        current is not null && !is_grad_enabled() && current.copies.TryGetValue(weight, out var copy)
            ? PackedLinear.Apply(x, copy, bias) : nn.functional.linear(x, weight, bias);

    public void Dispose()
    {
        foreach (var copy in copies.Values) copy.Dispose();
    }
}
