using TorchSharp;

namespace KdRl.Transformers;

/// <summary>
/// The shape and the constants of a transformer, as <c>config.json</c> of a Hugging Face directory states them.
/// Common to all families are RMSNorm before each sublayer, rotary positions, grouped-query attention and SwiGLU;
/// <see cref="ModelFamily"/> says where they differ.
/// </summary>
public sealed record TransformerConfig
{
    /// <summary>Larger matrices than this by this are refused, so that no size overflows.</summary>
    internal const long LargestSide = 1 << 24;

    /// <summary>More layers than any model has; a damaged file cannot ask for more.</summary>
    internal const int MostLayers = 1 << 16;

    /// <summary>The published architecture. <c>model_type</c>.</summary>
    /// <value>The default value is <see cref="ModelFamily.Llama"/>.</value>
    public ModelFamily Family { get; init; }

    /// <summary>Width of the residual stream, H; positive. <c>hidden_size</c>.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward block, I; positive. <c>intermediate_size</c>. With <see cref="Experts"/> of each expert: <c>moe_intermediate_size</c>.</summary>
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

    /// <summary>How the rotary frequencies are stretched for longer contexts; null: not at all. <c>rope_scaling</c> or <c>rope_parameters</c>.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>
    /// How many tokens a query sees in a layer of sliding attention, itself included; positive. Null: no layer slides. Not for Llama and Pangu.
    /// <c>sliding_window</c>.
    /// </summary>
    public int? SlidingWindow { get; init; }

    /// <summary>
    /// Which layers slide, one value per layer; null: all, when there is a <see cref="SlidingWindow"/>. Qwen only.
    /// <c>layer_types</c>, or <c>max_window_layers</c> for the first layer that slides.
    /// </summary>
    public IReadOnlyList<bool>? SlidingLayers { get; init; }

    /// <summary>Whether the output head is the embedding matrix; it is then one parameter. <c>tie_word_embeddings</c>.</summary>
    /// <value>The default value is false.</value>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>
    /// Whether the four attention projections have a bias; Llama, Qwen3 and Pangu only (Qwen2 always has one on queries, keys and values).
    /// <c>attention_bias</c>.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the three feed-forward projections have a bias; Llama only. <c>mlp_bias</c>.</summary>
    /// <value>The default value is false.</value>
    public bool MlpBias { get; init; }

    /// <summary>
    /// Whether the output of each sublayer passes an RMSNorm of its own before it is added to the residual stream
    /// (<see cref="SandwichBlock"/>); Pangu only. <c>sandwich_norm</c>.
    /// </summary>
    /// <value>The default value is false.</value>
    public bool SandwichNorm { get; init; }

    /// <summary>The mixture of experts that stands in the place of each feed-forward block; null: there is none. Pangu only.</summary>
    public ExpertConfig? Experts { get; init; }

    /// <summary>Token that starts a sequence; null when there is none. <c>bos_token_id</c>.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a sequence; empty when there are none. <c>eos_token_id</c>, one number or a list.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>
    /// Standard deviation of freshly drawn weights; positive. Left out (null): 0.02, or with <see cref="SandwichNorm"/> what
    /// <see cref="DepthScaledInit"/> says. <c>initializer_range</c>.
    /// </summary>
    public double? InitializerRange { get; init; }

    /// <summary>Number type of the weights: 32-bit, 16-bit or brain float. <c>torch_dtype</c> (or <c>dtype</c>).</summary>
    /// <value>The default value is <see cref="torch.ScalarType.Float32"/>.</value>
    public torch.ScalarType DataType { get; init; } = torch.ScalarType.Float32;

    internal int KvHeads => KeyValueHeads ?? AttentionHeads;

    internal int HeadDim => HeadSize ?? HiddenSize / AttentionHeads;

    /// <summary>Whether queries, keys and values have a bias.</summary>
    internal bool HasQkvBias => AttentionBias || Family == ModelFamily.Qwen2;

    /// <summary>Whether each head of queries and keys is normalised before it is turned.</summary>
    internal bool HasQkNorm => Family == ModelFamily.Qwen3;

    /// <summary>Standard deviations of freshly drawn matrices, and of the embedding among them.</summary>
    internal (double Weights, double Embedding) InitialDeviations => (InitializerRange, SandwichNorm) switch
    {
        ({ } range, _) => (range, range),
        (null, true) when DepthScaledInit.For(Layers, HiddenSize) is var start => (start.WeightStd, start.EmbedStd),
        _ => (0.02, 0.02),
    };

    /// <summary>Whether a layer's queries see <see cref="SlidingWindow"/> tokens only.</summary>
    internal bool Slides(int layer) => SlidingWindow is not null && (SlidingLayers?[layer] ?? true);

    /// <summary>The first contradiction in the configuration, as a sentence; null when there is none.</summary>
    internal string? Problem() => Numbers() ?? Heads() ?? OfFamily() ?? Window() ?? RopeScaling?.Problem(this) ?? TokensAndType();

    private string? Numbers()
    {
        foreach (var (name, value, largest) in new (string, double, double)[]
        {
            ("hidden_size", HiddenSize, LargestSide), ("intermediate_size", IntermediateSize, LargestSide), ("vocab_size", VocabularySize, LargestSide),
            ("num_hidden_layers", Layers, MostLayers), ("max_position_embeddings", MaxPositions, int.MaxValue),
            ("num_attention_heads", AttentionHeads, LargestSide), ("num_key_value_heads", KvHeads, LargestSide),
            ("rms_norm_eps", RmsNormEpsilon, double.MaxValue), ("rope_theta", RopeTheta, double.MaxValue), ("initializer_range", InitializerRange ?? 1, double.MaxValue),
        })
            if (!(value > 0 && value <= largest)) return $"{name} is {value}; expected a positive number{(largest > int.MaxValue ? "" : $" up to {largest}")}.";
        return null;
    }

    private string? Heads()
    {
        if (AttentionHeads % KvHeads != 0) return $"num_key_value_heads is {KvHeads}; expected a divisor of num_attention_heads = {AttentionHeads}.";
        if (HeadSize is null && HiddenSize % AttentionHeads != 0)
            return $"hidden_size is {HiddenSize}; expected a multiple of num_attention_heads = {AttentionHeads} when head_dim is not given.";
        if (HeadDim <= 0 || HeadDim % 2 != 0 || (long)HeadDim * AttentionHeads > LargestSide)
            return $"head_dim is {HeadDim}; expected a positive even number, times num_attention_heads at most {LargestSide}.";
        return null;
    }

    private string? OfFamily()
    {
        if (!Enum.IsDefined(Family)) return $"model_type is {Family}; expected one of {string.Join(", ", Enum.GetNames<ModelFamily>())}.";
        if (AttentionBias && Family is not (ModelFamily.Llama or ModelFamily.Qwen3 or ModelFamily.Pangu)) return $"attention_bias is true; {Family} has no such option.";
        if (MlpBias && Family is not ModelFamily.Llama) return $"mlp_bias is true; {Family} has no such option.";
        if (SandwichNorm && Family is not ModelFamily.Pangu) return $"sandwich_norm is true; {Family} has no such option.";
        if (Experts is not null && Family is not ModelFamily.Pangu) return $"num_experts is {Experts.Count}; {Family} has no such option.";
        return Experts?.Problem();
    }

    private string? Window()
    {
        if (SlidingWindow is { } window)
        {
            if (Family is ModelFamily.Llama or ModelFamily.Pangu) return $"sliding_window is {window}; {Family} has no such option.";
            if (window <= 0) return $"sliding_window is {window}; expected a positive number.";
        }
        if (SlidingLayers is not { } layers) return null;
        if (SlidingWindow is null || Family is not (ModelFamily.Qwen2 or ModelFamily.Qwen3))
            return "layer_types is given; expected it with a sliding_window, for Qwen only.";
        return layers.Count == Layers ? null : $"layer_types has {layers.Count} values; expected num_hidden_layers = {Layers}.";
    }

    private string? TokensAndType()
    {
        foreach (var id in EosTokenIds.Append(BosTokenId ?? 0))
            if (id < 0 || id >= VocabularySize) return $"bos_token_id or eos_token_id is {id}; expected an id below vocab_size = {VocabularySize}.";
        return DataType is torch.ScalarType.Float32 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16
            ? null : $"torch_dtype is {DataType}; expected float32, float16 or bfloat16.";
    }
}
