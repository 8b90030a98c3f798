using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Attention over prompts that remembers their keys and values, so that completions can continue them. The prompts are read in one
/// pass or in several, from the left.
/// </summary>
/// <param name="attention">True on real tokens, <c>bool [prompts,T]</c>; null when there is no padding.</param>
/// <param name="length">Tokens of the longest prompt, T.</param>
/// <param name="layers">Layers of the model.</param>
/// <param name="type">Number type of the activations.</param>
/// <param name="window">Tokens that a query of a sliding layer sees, itself included; null: no layer slides.</param>
internal sealed class PromptAttention(Tensor? attention, long length, int layers, ScalarType type, int? window) : IAttention
{
    private CausalAttention? causal;
    private int layer;

    /// <summary>Per layer, <c>[prompts, key heads, tokens read, d]</c>.</summary>
    public List<(Tensor Key, Tensor Value)> Layers { get; } = [];

    /// <summary>Prompt tokens, padding included.</summary>
    public long Length => length;

    /// <summary>Tokens that a query of a sliding layer sees; null: no layer slides.</summary>
    public int? Window => window;

    /// <summary>0 on real prompt tokens and −∞ on padding, <c>[prompts,1,1,T]</c>, made anew; null when there is no padding.</summary>
    public Tensor? Bias() => attention is null ? null
        : zeros(attention.shape, dtype: type, device: attention.device).masked_fill(attention.logical_not(), Scalars.NegativeInfinity).view(attention.shape[0], 1, 1, length);

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        var (count, read) = (key.shape[2], 0L);
        if (layer == Layers.Count) Layers.Add((key, value));
        else
        {
            var (keys, values) = Layers[layer];
            read = keys.shape[2];
            Layers[layer] = (key, value) = (cat([keys, key], 2), cat([values, value], 2));
        }
        // These are for more than this layer.
        key.MoveToOuterDisposeScope();
        value.MoveToOuterDisposeScope();
        if (layer == 0)
        {
            causal = new CausalAttention(attention, read, count, key.device, window);
            foreach (var part in causal.Parts) part?.MoveToOuterDisposeScope();
        }
        layer = (layer + 1) % layers;
        return causal!.Attend(query, key, value, slides);
    }
}
