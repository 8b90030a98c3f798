using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Attention over whole prompts that remembers their keys and values, so that completions can continue them.</summary>
internal sealed class PromptAttention(Tensor? attention, ScalarType type) : IAttention
{
    private readonly CausalAttention causal = new(attention);

    /// <summary>Per layer, <c>[prompts, key heads, T, d]</c>.</summary>
    public List<(Tensor Key, Tensor Value)> Layers { get; } = [];

    /// <summary>Prompt tokens, padding included.</summary>
    public long Length => Layers[0].Key.shape[2];

    /// <summary>0 on real prompt tokens and −∞ on padding, <c>[prompts,1,1,T]</c>; null when there is no padding.</summary>
    public Tensor? Bias { get; } = attention is null ? null
        : zeros(attention.shape, dtype: type, device: attention.device).masked_fill(attention.logical_not(), Scalars.NegativeInfinity).view(attention.shape[0], 1, 1, attention.shape[1]);

    public Tensor Attend(Tensor query, Tensor key, Tensor value)
    {
        Layers.Add((key, value));
        return causal.Attend(query, key, value);
    }
}
