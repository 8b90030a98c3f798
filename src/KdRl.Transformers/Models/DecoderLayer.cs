using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// One block: x + Attention(RMSNorm(x)), then x + SwiGLU(RMSNorm(x)). In Qwen3 each head of queries and keys passes an
/// RMSNorm of its own before it is turned.
/// </summary>
internal sealed class DecoderLayer : nn.Module
{
    private readonly int queryHeads, keyHeads, headDim, intermediate;
    private readonly bool slides;

    public DecoderLayer(TransformerConfig config, int index, Device device) : base(nameof(DecoderLayer))
    {
        (queryHeads, keyHeads, headDim, intermediate) = (config.AttentionHeads, config.KvHeads, config.HeadDim, config.IntermediateSize);
        slides = config.Slides(index);
        var type = config.DataType;
        InputNorm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, type, device);
        QueryKeyValue = new Projection(config.HiddenSize, (queryHeads + 2 * keyHeads) * headDim, config.HasQkvBias, type, device);
        Output = new Projection(queryHeads * headDim, config.HiddenSize, config.AttentionBias, type, device);
        PostNorm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, type, device);
        GateUp = new Projection(config.HiddenSize, 2 * intermediate, config.MlpBias, type, device);
        Down = new Projection(intermediate, config.HiddenSize, config.MlpBias, type, device);
        register_module("input_layernorm", InputNorm);
        register_module("qkv_proj", QueryKeyValue);
        if (config.HasQkNorm)
        {
            register_module("q_norm", QueryNorm = new RmsNorm(headDim, config.RmsNormEpsilon, type, device));
            register_module("k_norm", KeyNorm = new RmsNorm(headDim, config.RmsNormEpsilon, type, device));
        }
        register_module("o_proj", Output);
        register_module("post_attention_layernorm", PostNorm);
        register_module("gate_up_proj", GateUp);
        register_module("down_proj", Down);
    }

    public RmsNorm InputNorm { get; }
    public Projection QueryKeyValue { get; }
    public RmsNorm? QueryNorm { get; }
    public RmsNorm? KeyNorm { get; }
    public Projection Output { get; }
    public RmsNorm PostNorm { get; }
    public Projection GateUp { get; }
    public Projection Down { get; }

    /// <summary>The projections as checkpoints know them.</summary>
    public IEnumerable<ProjectionPart> Projections()
    {
        long queries = queryHeads * headDim, keys = keyHeads * headDim;
        yield return new ProjectionPart("self_attn.q_proj", QueryKeyValue, 0, queries, headDim);
        yield return new ProjectionPart("self_attn.k_proj", QueryKeyValue, queries, keys, headDim);
        yield return new ProjectionPart("self_attn.v_proj", QueryKeyValue, queries + keys, keys, null);
        yield return new ProjectionPart("self_attn.o_proj", Output, 0, Output.Weight.shape[0], null);
        yield return new ProjectionPart("mlp.gate_proj", GateUp, 0, intermediate, null);
        yield return new ProjectionPart("mlp.up_proj", GateUp, intermediate, intermediate, null);
        yield return new ProjectionPart("mlp.down_proj", Down, 0, Down.Weight.shape[0], null);
    }

    /// <summary>The weights under their Hugging Face names.</summary>
    public IEnumerable<WeightPart> Weights(string prefix)
    {
        yield return WeightPart.Whole(prefix + "input_layernorm.weight", InputNorm.Weight);
        yield return WeightPart.Whole(prefix + "post_attention_layernorm.weight", PostNorm.Weight);
        if (QueryNorm is not null) yield return new WeightPart(prefix + "self_attn.q_norm.weight", QueryNorm.Weight, 0, headDim, headDim);
        if (KeyNorm is not null) yield return new WeightPart(prefix + "self_attn.k_norm.weight", KeyNorm.Weight, 0, headDim, headDim);
        foreach (var part in Projections().SelectMany(projection => projection.Weights(prefix))) yield return part;
    }

    /// <param name="x"><c>[B,T,H]</c></param>
    /// <param name="turns">Rotary turns of the positions.</param>
    /// <param name="attention">Which keys a query sees, and where they are kept.</param>
    public Tensor Forward(Tensor x, Tensor turns, IAttention attention)
    {
        var (rows, length) = (x.shape[0], x.shape[1]);
        var qkv = QueryKeyValue.forward(InputNorm.forward(x)).view(rows, length, queryHeads + 2 * keyHeads, headDim);
        var parts = qkv.split([queryHeads + keyHeads, keyHeads], 2);
        var (query, key) = Turn(parts[0], turns);
        var context = attention.Attend(query.transpose(1, 2), key.transpose(1, 2), parts[1].transpose(1, 2), slides);
        x = x.add(Output.forward(context.transpose(1, 2).reshape(rows, length, queryHeads * headDim)), Scalars.One);
        return x.add(Down.forward(Activate(PostNorm.forward(x))), Scalars.One);
    }

    /// <summary>Queries <c>[B,T,query heads,d]</c> and keys <c>[B,T,key heads,d]</c>, normalised where the family does so, and turned.</summary>
    private (Tensor Query, Tensor Key) Turn(Tensor queriesAndKeys, Tensor turns)
    {
        long[] heads = [queryHeads, keyHeads];
        if (QueryNorm is null || KeyNorm is null)
        {
            // Both in one pass over memory.
            var turned = RotaryTable.Apply(queriesAndKeys, turns).split(heads, 2);
            return (turned[0], turned[1]);
        }
        var plain = queriesAndKeys.split(heads, 2);
        var parts = turns.split([queryHeads * headDim / 2, keyHeads * headDim / 2], 2);
        return (RotaryTable.Apply(QueryNorm.forward(plain[0]), parts[0]), RotaryTable.Apply(KeyNorm.forward(plain[1]), parts[1]));
    }

    /// <summary>
    /// silu(gate)·up. Two products with parts of the fused weight: cutting one wide result in two would cost a copy of it in
    /// the backward pass.
    /// </summary>
    private Tensor Activate(Tensor x)
    {
        var (gate, up) = (GateUp.Part(x, 0, intermediate), GateUp.Part(x, intermediate, intermediate));
        return is_grad_enabled() ? gate.silu().mul(up) : gate.silu_().mul_(up);
    }
}
