using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>SwiGLU: W_down·(silu(W_gate·x) ∘ W_up·x) (Shazeer 2020).</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>, IFeedForward
{
    private readonly int intermediate;

    /// <param name="hidden">Width of input and output.</param>
    /// <param name="intermediate">Width of gate and up.</param>
    /// <param name="hasBias">Whether all three projections have a bias.</param>
    /// <param name="type">Number type of the weights.</param>
    /// <param name="device">Where they live.</param>
    public FeedForward(int hidden, int intermediate, bool hasBias, ScalarType type, Device device) : base(nameof(FeedForward))
    {
        this.intermediate = intermediate;
        register_module("gate_up_proj", GateUp = new Projection(hidden, 2 * intermediate, hasBias, type, device));
        register_module("down_proj", Down = new Projection(intermediate, hidden, hasBias, type, device));
    }

    public Projection GateUp { get; }
    public Projection Down { get; }

    /// <summary>Whether nothing is added to its products, by a bias or an adapter.</summary>
    public bool IsPlain => GateUp.Bias is null && GateUp.Additions.Count == 0 && Down.Additions.Count == 0;

    /// <summary>The projections as checkpoints know them.</summary>
    public IEnumerable<ProjectionPart> Projections(string prefix)
    {
        yield return new ProjectionPart(prefix + "gate_proj", GateUp, 0, intermediate, null);
        yield return new ProjectionPart(prefix + "up_proj", GateUp, intermediate, intermediate, null);
        yield return new ProjectionPart(prefix + "down_proj", Down, 0, Down.Weight.shape[0], null);
    }

    public IEnumerable<WeightPart> Weights(string prefix) => Projections(prefix).SelectMany(projection => projection.Weights(""));

    public Tensor Forward(Tensor input, ExpertLoad? load) => forward(input);

    /// <remarks>
    /// Two products with parts of the fused weight: cutting one wide result in two would cost a copy of it in the backward pass. Only a
    /// weight that is laid out for decoding is whole.
    /// </remarks>
    public override Tensor forward(Tensor input)
    {
        if (LinearProducts.AreInUse)
        {
            var parts = GateUp.forward(input).split(intermediate, -1);
            return Down.forward(parts[0].silu().mul_(parts[1]));
        }
        var (gate, up) = (GateUp.Part(input, 0, intermediate), GateUp.Part(input, intermediate, intermediate));
        return Down.forward(is_grad_enabled() ? gate.silu().mul(up) : gate.silu_().mul_(up));
    }
}
