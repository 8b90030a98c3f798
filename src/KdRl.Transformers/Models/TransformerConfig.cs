using TorchSharp;

namespace KdRl.Transformers;

/// <summary>
/// The shape and the constants of a transformer, as <c>config.json</c> of a Hugging Face directory states them.
/// Supported is the Llama family: RMSNorm before each block, rotary positions, grouped-query attention and SwiGLU.
/// </summary>
public sealed record TransformerConfig
{
    /// <summary>Width of the residual stream, H; positive. <c>hidden_size</c>.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward block, I; positive. <c>intermediate_size</c>.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of decoder layers; positive. <c>num_hidden_layers</c>.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads; positive. <c>num_attention_heads</c>.</summary>
    public required int AttentionHeads { get; init; }

    /// <summary>Key and value heads, a divisor of the query heads. Left out (null): as many as query heads. <c>num_key_value_heads</c>.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of a head, even. Left out (null): <see cref="HiddenSize"/> / <see cref="AttentionHeads"/>. <c>head_dim</c>.</summary>
    public int? HeadSize { get; init; }

    /// <summary>Number of token ids, V; positive. <c>vocab_size</c>.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The longest sequence the model was made for, in tokens. <c>max_position_embeddings</c>.</summary>
    /// <value>The default value is 2048.</value>
    public int MaxPositions { get; init; } = 2048;

    /// <summary>Added to the mean square under the root of each RMSNorm; positive. <c>rms_norm_eps</c>.</summary>
    /// <value>The default value is 1e-6.</value>
    public double RmsNormEpsilon { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies θ^(−2i/d); positive. <c>rope_theta</c>.</summary>
    /// <value>The default value is 10000.</value>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Whether the output head is the embedding matrix; it is then one parameter. <c>tie_word_embeddings</c>.</summary>
    /// <value>The default value is false.</value>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Whether the four attention projections have a bias. <c>attention_bias</c>.</summary>
    /// <value>The default value is false.</value>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the three feed-forward projections have a bias. <c>mlp_bias</c>.</summary>
    /// <value>The default value is false.</value>
    public bool MlpBias { get; init; }

    /// <summary>Token that starts a sequence; null when there is none. <c>bos_token_id</c>.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a sequence; empty when there are none. <c>eos_token_id</c>, one number or a list.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Standard deviation of freshly drawn weights. <c>initializer_range</c>.</summary>
    /// <value>The default value is 0.02.</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Number type of the weights: 32-bit, 16-bit or brain float. <c>torch_dtype</c> (or <c>dtype</c>).</summary>
    /// <value>The default value is <see cref="torch.ScalarType.Float32"/>.</value>
    public torch.ScalarType DataType { get; init; } = torch.ScalarType.Float32;

    internal int KvHeads => KeyValueHeads ?? AttentionHeads;

    internal int HeadDim => HeadSize ?? HiddenSize / AttentionHeads;

    /// <summary>The first contradiction in the configuration, as a sentence; null when there is none.</summary>
    internal string? Problem()
    {
        foreach (var (name, value) in new (string, double)[]
        {
            ("hidden_size", HiddenSize), ("intermediate_size", IntermediateSize), ("num_hidden_layers", Layers), ("num_attention_heads", AttentionHeads),
            ("vocab_size", VocabularySize), ("max_position_embeddings", MaxPositions), ("num_key_value_heads", KvHeads),
            ("rms_norm_eps", RmsNormEpsilon), ("rope_theta", RopeTheta), ("initializer_range", InitializerRange),
        })
            if (!(value > 0 && double.IsFinite(value))) return $"{name} is {value}; expected a positive number.";
        if (AttentionHeads % KvHeads != 0) return $"num_key_value_heads is {KvHeads}; expected a divisor of num_attention_heads = {AttentionHeads}.";
        if (HeadSize is null && HiddenSize % AttentionHeads != 0)
            return $"hidden_size is {HiddenSize}; expected a multiple of num_attention_heads = {AttentionHeads} when head_dim is not given.";
        if (HeadDim <= 0 || HeadDim % 2 != 0) return $"head_dim is {HeadDim}; expected a positive even number.";
        foreach (var id in EosTokenIds.Append(BosTokenId ?? 0))
            if (id < 0 || id >= VocabularySize) return $"bos_token_id or eos_token_id is {id}; expected an id below vocab_size = {VocabularySize}.";
        return DataType is torch.ScalarType.Float32 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16
            ? null : $"torch_dtype is {DataType}; expected float32, float16 or bfloat16.";
    }
}
