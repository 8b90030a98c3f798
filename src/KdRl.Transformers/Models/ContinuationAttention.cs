using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Attention of whole completions that continue prompts read before: each token sees its prompt and the completion up to itself.</summary>
internal sealed class ContinuationAttention : IAttention
{
    private readonly PromptAttention prompt;
    private readonly Tensor row, full, sliding;
    private int layer;

    /// <param name="prompt">Keys and values of the prompts.</param>
    /// <param name="row">For each completion the number of its prompt, <c>int64 [B]</c>.</param>
    /// <param name="length">Tokens of the longest completion.</param>
    /// <param name="type">Number type of the activations.</param>
    public ContinuationAttention(PromptAttention prompt, Tensor row, long length, ScalarType type)
    {
        (this.prompt, this.row) = (prompt, row);
        var later = zeros([length, length], type, row.device).masked_fill(ones([length, length], ScalarType.Bool, row.device).tril().logical_not(), Scalars.NegativeInfinity);
        var bias = prompt.Bias();
        var rows = bias is null ? 1 : row.shape[0];
        var before = bias?.index_select(0, row) ?? zeros([1, 1, 1, prompt.Length], type, row.device);
        full = cat([before.expand(rows, 1, length, prompt.Length), later.view(1, 1, length, length).expand(rows, 1, length, length)], 3);
        // Token t of a completion stands in column P + t and sees column j when P + t − j < window.
        sliding = prompt.Window is { } window && window < prompt.Length + length
            ? full.masked_fill(ones([length, prompt.Length + length], ScalarType.Bool, row.device).triu(prompt.Length - window + 1).logical_not(), Scalars.NegativeInfinity)
            : full;
    }

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        var (promptKey, promptValue) = prompt.Layers[layer++];
        var (keys, values) = (cat([promptKey.index_select(0, row), key], 2), cat([promptValue.index_select(0, row), value], 2));
        var share = query.shape[1] / key.shape[1];
        if (share > 1) (keys, values) = (CausalAttention.Repeat(keys, share), CausalAttention.Repeat(values, share));
        return nn.functional.scaled_dot_product_attention(query, keys, values, slides ? sliding : full);
    }
}
