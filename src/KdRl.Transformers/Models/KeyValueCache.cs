using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Keys and values of the tokens so far, per layer, <c>[B, key heads, capacity, d]</c>; all rows have the same length, shorter
/// sequences being padded on the left. One token is added per step.
/// </summary>
internal sealed class KeyValueCache : IAttention, IDisposable
{
    private readonly List<(Tensor Keys, Tensor Values)> layers;
    private readonly int? window;
    private Tensor? bias;
    private int layer;

    /// <param name="prompt">Keys and values of the prompt, and its rows' bias.</param>
    /// <param name="row">For each row of the cache the row of the prompt it continues, <c>int64 [B]</c>.</param>
    /// <param name="capacity">Room for tokens, prompt included.</param>
    public KeyValueCache(PromptAttention prompt, Tensor row, long capacity)
    {
        (Length, window) = (prompt.Length, prompt.Window);
        using var scope = NewDisposeScope();
        layers = [.. prompt.Layers.Select(l => (Copy(l.Key), Copy(l.Value)))];
        // Prompt columns only: what follows is never padding.
        bias = prompt.Bias is null ? null : Widen(prompt.Bias.index_select(0, row), 3, capacity).DetachFromDisposeScope();

        Tensor Copy(Tensor kept) => Widen(kept.index_select(0, row), 2, capacity).DetachFromDisposeScope();
    }

    /// <summary>Tokens held, the one being added not counted until all layers have it.</summary>
    public long Length { get; private set; }

    /// <summary>Tokens there is room for.</summary>
    public long Capacity => layers[0].Keys.shape[2];

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        var (keys, values) = layers[layer];
        keys.narrow(2, Length, 1).copy_(key);
        values.narrow(2, Length, 1).copy_(value);
        var seen = slides && window < Length + 1 ? window.Value : Length + 1;
        var first = Length + 1 - seen;
        (keys, values) = (keys.narrow(2, first, seen), values.narrow(2, first, seen));
        // One query per row: the heads that share a key take the place of the time dimension.
        var (b, h, d) = (query.shape[0], keys.shape[1], keys.shape[3]);
        var context = nn.functional.scaled_dot_product_attention(query.reshape(b, h, query.shape[1] / h, d), keys, values, bias?.narrow(3, first, seen));
        if (++layer == layers.Count) (layer, Length) = (0, Length + 1);
        return context.reshape(b, query.shape[1], 1, d);
    }

    /// <summary>Makes room for at least one more token, up to a limit.</summary>
    public void EnsureRoom(long limit)
    {
        if (Length < Capacity) return;
        Replace(tensor => Widen(tensor, 2, Math.Min(limit, 2 * Capacity)));
        if (bias is not null) Swap(ref bias, Widen(bias, 3, Capacity));
    }

    /// <summary>Keeps some rows; <c>int64 [kept]</c>.</summary>
    public void Keep(Tensor rows)
    {
        Replace(tensor => tensor.index_select(0, rows));
        if (bias is not null) Swap(ref bias, bias.index_select(0, rows));
    }

    private void Replace(Func<Tensor, Tensor> change)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < layers.Count; i++)
        {
            var (keys, values) = layers[i];
            layers[i] = (change(keys).DetachFromDisposeScope(), change(values).DetachFromDisposeScope());
            keys.Dispose();
            values.Dispose();
        }
    }

    private static void Swap(ref Tensor held, Tensor fresh)
    {
        var old = held;
        held = fresh.DetachFromDisposeScope();
        old.Dispose();
    }

    /// <summary>The same content with zeros behind it along a dimension.</summary>
    private static Tensor Widen(Tensor tensor, int dimension, long capacity)
    {
        var shape = tensor.shape;
        var length = shape[dimension];
        shape[dimension] = capacity;
        var result = zeros(shape, dtype: tensor.dtype, device: tensor.device);
        result.narrow(dimension, 0, length).copy_(tensor);
        return result;
    }

    public void Dispose()
    {
        foreach (var (keys, values) in layers)
        {
            keys.Dispose();
            values.Dispose();
        }
        bias?.Dispose();
    }
}
