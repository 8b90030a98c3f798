using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>Each token sees itself and the real tokens before it.</summary>
internal sealed class CausalAttention : IAttention
{
    private readonly Tensor? mask;

    /// <param name="attention">True on real tokens, <c>bool [B,T]</c>; null when nothing precedes a real token but real tokens.</param>
    public CausalAttention(Tensor? attention)
    {
        if (attention is null) return;
        var length = attention.shape[1];
        var square = ones(length, length, dtype: ScalarType.Bool, device: attention.device);
        // A padding position sees itself: a row without any key would be 0/0.
        var self = eye(length, dtype: ScalarType.Bool, device: attention.device);
        mask = attention.view(-1, 1, 1, length).logical_and(square.tril()).logical_or(self);
    }

    public Tensor Attend(Tensor query, Tensor key, Tensor value)
    {
        var share = query.shape[1] / key.shape[1];
        if (share > 1) (key, value) = (Repeat(key, share), Repeat(value, share));
        return nn.functional.scaled_dot_product_attention(query, key, value, mask, is_casual: mask is null);
    }

    /// <summary>Key heads copied so that each query head has its own; <c>[B,K,T,d]</c> to <c>[B,K·share,T,d]</c>.</summary>
    internal static Tensor Repeat(Tensor heads, long share)
    {
        var (b, k, t, d) = (heads.shape[0], heads.shape[1], heads.shape[2], heads.shape[3]);
        return heads.unsqueeze(2).expand(b, k, share, t, d).reshape(b, k * share, t, d);
    }
}
