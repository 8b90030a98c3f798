using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// One block: x + Attention(RMSNorm(x)), then x + SwiGLU(RMSNorm(x)), or a mixture of them; with sandwich norm what is added passes an
/// RMSNorm too. In Qwen3 each head of queries and keys passes an RMSNorm of its own before it is turned.
/// </summary>
internal sealed class DecoderLayer : nn.Module
{
    private readonly int queryHeads, keyHeads, headDim;
    private readonly List<(string Name, RmsNorm Norm)> norms = [];

    public DecoderLayer(TransformerConfig config, int index, Device device) : base(nameof(DecoderLayer))
    {
        (queryHeads, keyHeads, headDim) = (config.AttentionHeads, config.KvHeads, config.HeadDim);
        Slides = config.Slides(index);
        var type = config.DataType;
        var start = DepthScaledInit.For(config.Layers, config.HiddenSize);
        var before = Norm("input_layernorm");
        register_module("qkv_proj", QueryKeyValue = new Projection(config.HiddenSize, (queryHeads + 2 * keyHeads) * headDim, config.HasQkvBias, type, device));
        if (config.HasQkNorm)
        {
            register_module("q_norm", QueryNorm = new RmsNorm(headDim, config.RmsNormEpsilon, type, device));
            register_module("k_norm", KeyNorm = new RmsNorm(headDim, config.RmsNormEpsilon, type, device));
        }
        register_module("o_proj", Output = new Projection(queryHeads * headDim, config.HiddenSize, config.AttentionBias, type, device));
        // The name of the norm before the feed-forward block in most checkpoints is that of the norm behind attention in a sandwich.
        AttentionBranch = new ResidualBranch(before, config.SandwichNorm ? Norm("post_attention_layernorm", start.GammaAttn) : null);
        MlpBranch = config.SandwichNorm ? new ResidualBranch(Norm("pre_mlp_layernorm"), Norm("post_mlp_layernorm", start.GammaMlp))
            : new ResidualBranch(Norm("post_attention_layernorm"), null);
        nn.Module feedForward = config.Experts is null ? new FeedForward(config.HiddenSize, config.IntermediateSize, config.MlpBias, type, device) : new MixtureOfExperts(config, device);
        register_module("mlp", feedForward);
        Mlp = (IFeedForward)feedForward;

        RmsNorm Norm(string name, double gain = 1)
        {
            var norm = new RmsNorm(config.HiddenSize, config.RmsNormEpsilon, type, device, gain);
            register_module(name, norm);
            norms.Add((name, norm));
            return norm;
        }
    }

    /// <summary>Whether queries see a window of the nearest tokens only.</summary>
    public bool Slides { get; }
    public ResidualBranch AttentionBranch { get; }
    public ResidualBranch MlpBranch { get; }
    public Projection QueryKeyValue { get; }
    public RmsNorm? QueryNorm { get; }
    public RmsNorm? KeyNorm { get; }
    public Projection Output { get; }
    public IFeedForward Mlp { get; }

    /// <summary>The projections as checkpoints know them.</summary>
    public IEnumerable<ProjectionPart> Projections() => AttentionProjections().Concat(Mlp.Projections("mlp."));

    /// <summary>The parameters that train, those of adapters included.</summary>
    public IEnumerable<Tensor> Trained() => parameters().Concat(Projections().Select(part => part.Projection).Distinct()
        .SelectMany(projection => projection.Additions).SelectMany(addition => addition.Parameters)).Where(parameter => parameter.requires_grad);

    private IEnumerable<ProjectionPart> AttentionProjections()
    {
        long queries = queryHeads * headDim, keys = keyHeads * headDim;
        yield return new ProjectionPart("self_attn.q_proj", QueryKeyValue, 0, queries, headDim);
        yield return new ProjectionPart("self_attn.k_proj", QueryKeyValue, queries, keys, headDim);
        yield return new ProjectionPart("self_attn.v_proj", QueryKeyValue, queries + keys, keys, null);
        yield return new ProjectionPart("self_attn.o_proj", Output, 0, Output.Weight.shape[0], null);
    }

    /// <summary>The weights under their Hugging Face names.</summary>
    public IEnumerable<WeightPart> Weights(string prefix)
    {
        foreach (var (name, norm) in norms) yield return WeightPart.Whole($"{prefix}{name}.weight", norm.Weight);
        if (QueryNorm is not null) yield return new WeightPart(prefix + "self_attn.q_norm.weight", QueryNorm.Weight, 0, headDim, headDim);
        if (KeyNorm is not null) yield return new WeightPart(prefix + "self_attn.k_norm.weight", KeyNorm.Weight, 0, headDim, headDim);
        foreach (var part in AttentionProjections().SelectMany(projection => projection.Weights(prefix))) yield return part;
        foreach (var part in Mlp.Weights(prefix + "mlp.")) yield return part;
    }

    /// <param name="x"><c>[B,T,H]</c></param>
    /// <param name="turns">Rotary turns of the positions.</param>
    /// <param name="attention">Which keys a query sees, and where they are kept.</param>
    /// <param name="load">Takes down how tokens spread over experts; null: nobody wants to know.</param>
    /// <remarks>What the gradient does not need is freed here, for the next layer: at the end of the model it would have grown the heap, and left holes.</remarks>
    public Tensor Forward(Tensor x, Tensor turns, IAttention attention, ExpertLoad? load)
    {
        using var scope = NewDisposeScope();
        var y = MlpBranch.Forward(AttentionBranch.Forward(x, input => Attend(input, turns, attention)), input => Mlp.Forward(input, load));
        load?.MoveToOuterScope();
        return y.MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor x, Tensor turns, IAttention attention)
    {
        var (rows, length) = (x.shape[0], x.shape[1]);
        var qkv = QueryKeyValue.forward(x).view(rows, length, queryHeads + 2 * keyHeads, headDim);
        var parts = qkv.split([queryHeads + keyHeads, keyHeads], 2);
        var (query, key) = Turn(parts[0], turns);
        var context = attention.Attend(query.transpose(1, 2), key.transpose(1, 2), parts[1].transpose(1, 2), Slides);
        return Output.forward(context.transpose(1, 2).reshape(rows, length, queryHeads * headDim));
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
}
