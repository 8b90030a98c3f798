using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Attention over whole prompts that remembers their keys and values, so that completions can continue them.</summary>
/// <param name="attention">True on real tokens, <c>bool [prompts,T]</c>; null when there is no padding.</param>
/// <param name="ids">The prompts' tokens, <c>[prompts,T]</c>.</param>
/// <param name="type">Number type of the activations.</param>
/// <param name="window">Tokens that a query of a sliding layer sees, itself included; null: no layer slides.</param>
internal sealed class PromptAttention(Tensor? attention, Tensor ids, ScalarType type, int? window) : IAttention
{
    private readonly CausalAttention causal = new(attention, ids, window);

    /// <summary>Per layer, <c>[prompts, key heads, T, d]</c>.</summary>
    public List<(Tensor Key, Tensor Value)> Layers { get; } = [];

    /// <summary>Prompt tokens, padding included.</summary>
    public long Length { get; } = ids.shape[1];

    /// <summary>Tokens that a query of a sliding layer sees; null: no layer slides.</summary>
    public int? Window => window;

    /// <summary>0 on real prompt tokens and −∞ on padding, <c>[prompts,1,1,T]</c>; null when there is no padding.</summary>
    public Tensor? Bias { get; } = attention is null ? null
        : zeros(attention.shape, dtype: type, device: attention.device).masked_fill(attention.logical_not(), Scalars.NegativeInfinity).view(attention.shape[0], 1, 1, attention.shape[1]);

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        Layers.Add((key, value));
        return causal.Attend(query, key, value, slides);
    }
}
