using TorchSharp;

namespace KdRl.Transformers.Models;

/// <summary>What a token leaves in memory on its way through a model that is trained.</summary>
internal static class ActivationSize
{
    /// <summary>
    /// Bytes a token: what the gradients of all layers' operations need, which lives until the backward pass is over. With widths H of the
    /// residual stream, I of the feed-forward block, Q and K of all query and key heads: of each of two norms its normalised input in float32
    /// and its output (2H), turned queries and keys (Q + K), keys and values repeated for each query head (2Q; without repetition the product
    /// from which values are cut, Q + 2K), what attention makes of them (Q), gate, up, silu and product (4I). An expert also has its copy of the
    /// token, its result and that times its gate (3H). In the backward pass one layer at a time has its gradients and the results that are
    /// not kept: one layer more.
    /// </summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoints">Whether layers keep their input only, and run again one after the other.</param>
    public static long PerToken(TransformerConfig config, bool checkpoints = false)
    {
        long h = config.HiddenSize, q = (long)config.AttentionHeads * config.HeadDim, k = (long)config.KvHeads * config.HeadDim;
        var (bytes, normalised) = (Bytes(config), Math.Max(Bytes(config), sizeof(float)));
        var norm = h * (normalised + bytes);
        var layer = 2 * norm + (q + k + (q == k ? q + 2 * k : 2 * q) + q + Fed(config)) * bytes;
        // What these give is added, or turned, and not kept.
        if (config.SandwichNorm) layer += 2 * h * normalised;
        if (config.HasQkNorm) layer += (q + k) * normalised;
        // The last norm, the hidden states that are scored, their gradient, and the residual stream and its gradient.
        return (checkpoints ? config.Layers * h * bytes + 2 * layer : (config.Layers + 1) * layer) + norm + 4 * h * bytes;
    }

    /// <summary>Bytes a token of what an adapter adds to all layers.</summary>
    /// <param name="config">The model.</param>
    /// <param name="numbers">Numbers a token, all layers together.</param>
    /// <param name="checkpoints">As above.</param>
    public static long PerToken(TransformerConfig config, long numbers, bool checkpoints) =>
        numbers * Bytes(config) / config.Layers * (checkpoints ? 2 : config.Layers + 1);

    private static long Bytes(TransformerConfig config) => config.DataType switch { torch.ScalarType.Float64 => 8, torch.ScalarType.Float32 => 4, _ => 2 };

    private static long Fed(TransformerConfig config) => config.Experts is not { } experts ? 4L * config.IntermediateSize
        : experts.PerToken * (4L * config.IntermediateSize + 3L * config.HiddenSize) + 4L * experts.SharedIntermediateSize;
}
