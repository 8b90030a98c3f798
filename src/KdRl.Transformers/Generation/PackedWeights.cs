using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation;

/// <summary>
/// Copies of a model's matrices in the layout that decoding reads fastest (<see cref="PackedLinear"/>). They are in place only while
/// <see cref="Use"/> runs: other work on the model between two decoding steps reads the weights themselves.
/// </summary>
internal sealed class PackedWeights : IDisposable
{
    private readonly CausalLM model;
    private readonly List<(Projection Projection, Tensor Weight)> projections = [];
    private readonly Tensor? head;

    /// <param name="model">The model, whose weights do not change from now on.</param>
    /// <param name="rows">Rows of a decoding step to be expected.</param>
    public PackedWeights(CausalLM model, int rows)
    {
        this.model = model;
        using var scope = NewDisposeScope();
        foreach (var projection in model.Projections().Select(named => named.Part.Projection).Distinct())
            if (PackedLinear.Pack(projection.Weight, rows) is { } packed) projections.Add((projection, packed.DetachFromDisposeScope()));
        head = PackedLinear.Pack(model.OutputWeight, rows)?.DetachFromDisposeScope();
    }

    /// <summary>Runs tensor code with the copies in place.</summary>
    public void Use(Action body)
    {
        try
        {
            foreach (var (projection, weight) in projections) projection.Packed = weight;
            model.PackedHead = head;
            body();
        }
        finally
        {
            foreach (var (projection, _) in projections) projection.Packed = null;
            model.PackedHead = null;
        }
    }

    public void Dispose()
    {
        foreach (var (_, weight) in projections) weight.Dispose();
        head?.Dispose();
    }
}
