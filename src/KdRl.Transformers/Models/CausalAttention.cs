using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Each token sees itself and the real tokens before it; in sliding layers only the nearest of them.</summary>
internal sealed class CausalAttention : IAttention
{
    /// <summary>Null: the causal triangle alone.</summary>
    private readonly Tensor? full, sliding;

    private CausalAttention(Tensor? full, Tensor? sliding) => (this.full, this.sliding) = (full, sliding);

    /// <param name="attention">True on real tokens, <c>bool [B,T]</c>; null when nothing precedes a real token but real tokens.</param>
    /// <param name="ids">The tokens, <c>[B,T]</c>; for their number and device.</param>
    /// <param name="window">Tokens that a query of a sliding layer sees, itself included; null: no layer slides.</param>
    public CausalAttention(Tensor? attention, Tensor ids, int? window) : this(attention, 0, ids.shape[1], ids.device, window) { }

    /// <summary>Attention of some of the tokens, keys and values of the earlier ones being at hand.</summary>
    /// <param name="attention">True on real tokens, <c>bool [B,at least first + count]</c>; null when nothing precedes a real token but real tokens.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">Number of tokens.</param>
    /// <param name="device">Where the tokens are.</param>
    /// <param name="window">Tokens that a query of a sliding layer sees, itself included; null: no layer slides.</param>
    public CausalAttention(Tensor? attention, long first, long count, Device device, int? window)
    {
        var length = first + count;
        var slides = window < length;
        if (attention is null && first == 0 && !slides) return;
        var triangle = ones(count, length, dtype: ScalarType.Bool, device: device).tril(first);
        full = Real(triangle);
        sliding = slides ? Real(triangle.triu(first + 1 - window!.Value)) : full;

        // A padding position sees itself: a row without any key would be 0/0.
        Tensor Real(Tensor seen) => attention is null ? seen.view(1, 1, count, length)
            : attention.narrow(1, 0, length).view(-1, 1, 1, length).logical_and(seen).logical_or(triangle.triu(first));
    }

    /// <summary>What it consists of.</summary>
    public IReadOnlyList<Tensor?> Parts => [full, sliding];

    /// <summary>The same attention from parts that outlive the scope in which it was made.</summary>
    public static CausalAttention FromParts(Tensor? full, Tensor? sliding) => new(full, sliding);

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        var share = query.shape[1] / key.shape[1];
        if (share > 1) (key, value) = (Repeat(key, share), Repeat(value, share));
        var mask = slides ? sliding : full;
        return nn.functional.scaled_dot_product_attention(query, key, value, mask, is_casual: mask is null);
    }

    /// <summary>Key heads copied so that each query head has its own; <c>[B,K,T,d]</c> to <c>[B,K·share,T,d]</c>.</summary>
    internal static Tensor Repeat(Tensor heads, long share)
    {
        var (b, k, t, d) = (heads.shape[0], heads.shape[1], heads.shape[2], heads.shape[3]);
        return heads.unsqueeze(2).expand(b, k, share, t, d).reshape(b, k * share, t, d);
    }
}
