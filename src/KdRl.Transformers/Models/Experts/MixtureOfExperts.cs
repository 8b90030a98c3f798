using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Mixture of grouped experts (Pangu Pro MoE): y = Σ_chosen s_i·gate_i·E_i(x) + E_shared(x), with the choice of
/// <see cref="GroupedTopKRouter"/> and a learned scale s of each expert, 1 at first, which the published model has and the paper does not
/// mention. Tokens are brought into the order of their experts, so that each expert is a few matrix products.
/// </summary>
internal sealed class MixtureOfExperts : nn.Module, IFeedForward
{
    private readonly GroupedTopKRouter router;
    private readonly Projection gate;
    private readonly List<FeedForward> experts = [];
    private readonly FeedForward? shared;
    // Named as registered: moving a module to another device or type replaces its parameters through fields of that name.
    private Parameter router_scale;

    public MixtureOfExperts(TransformerConfig config, Device device) : base(nameof(MixtureOfExperts))
    {
        var (mixture, type) = (config.Experts!, config.DataType);
        router = new GroupedTopKRouter(mixture.Count, mixture.GroupCount, mixture.PerToken, mixture.NormalizesGates);
        register_module("gate", gate = new Projection(config.HiddenSize, mixture.Count, false, type, device));
        router_scale = new Parameter(ones(mixture.Count, type, device));
        register_parameter(nameof(router_scale), router_scale);
        var list = nn.ModuleList<nn.Module>();
        for (var i = 0; i < mixture.Count; i++)
        {
            experts.Add(new FeedForward(config.HiddenSize, config.IntermediateSize, config.MlpBias, type, device));
            list.Add(experts[i]);
        }
        register_module("experts", list);
        if (mixture.SharedIntermediateSize > 0)
            register_module("shared_expert", shared = new FeedForward(config.HiddenSize, mixture.SharedIntermediateSize, config.MlpBias, type, device));
    }

    public Tensor Forward(Tensor input, ExpertLoad? load)
    {
        var x = input.reshape(-1, input.shape[^1]);
        var choice = router.Route(gate.forward(x));
        load?.Add(choice);
        var rows = RoutedRows.Of(choice.Ids, experts.Count);
        var gates = choice.Gates.mul(router_scale.to(choice.Gates.dtype).index_select(0, choice.Ids.reshape(-1)).view_as(choice.Gates));
        var spread = SpreadRows.Spread(x, rows);
        var byRow = rows.ByRow(gates).to(x.dtype);
        var outputs = !LinearProducts.AreInUse && experts.TrueForAll(expert => expert.IsPlain) ? Together(spread, rows.Counts, byRow) : EachByItself(spread, rows.Counts).mul(byRow);
        var y = SpreadRows.Gather(outputs, rows);
        if (shared is not null) y = y.add(shared.forward(x), Scalars.One);
        return y.view(input.shape);
    }

    /// <summary>
    /// All experts' rows pass each operation together, and the gates join where rows are narrowest: W_down·(gate·h) is gate·(W_down·h).
    /// </summary>
    private Tensor Together(Tensor rows, long[] counts, Tensor gates)
    {
        var parts = GroupedLinear.Run(rows, counts, experts.Select(expert => expert.GateUp.Weight)).split(experts[0].GateUp.Weight.shape[0] / 2, 1);
        return GroupedLinear.Run(parts[0].silu().mul(parts[1]).mul(gates), counts, experts.Select(expert => expert.Down.Weight));
    }

    /// <summary>Each expert's own forward pass, in which adapters and weights laid out for decoding have their say.</summary>
    private Tensor EachByItself(Tensor rows, long[] counts) =>
        cat([.. experts.Zip(rows.split(counts)).Where(pair => pair.Second.shape[0] > 0).Select(pair => pair.First.forward(pair.Second))]);

    public IEnumerable<ProjectionPart> Projections(string prefix)
    {
        foreach (var part in experts.SelectMany((expert, i) => expert.Projections($"{prefix}experts.{i}."))) yield return part;
        foreach (var part in shared?.Projections(prefix + "shared_expert.") ?? []) yield return part;
    }

    public IEnumerable<WeightPart> Weights(string prefix)
    {
        yield return WeightPart.Whole(prefix + "gate.weight", gate.Weight);
        yield return WeightPart.Whole(prefix + "router_scale", router_scale) with { IsOneRow = true };
        foreach (var part in Projections(prefix).SelectMany(projection => projection.Weights(""))) yield return part;
    }
}
