using TorchSharp;

namespace KdRl.Transformers.Models;

/// <summary>What a token leaves in memory on its way through a model that is trained.</summary>
internal static class ActivationSize
{
    /// <summary>
    /// Bytes a token: the results of all operations of all layers, which live until the backward pass is over. With widths H of the residual
    /// stream, I of the feed-forward block, Q and K of all query and key heads: two norms (normalised and scaled, 4H), two sublayers and two
    /// sums (4H), queries, keys and values (Q + 2K), attention with keys repeated for each query head (up to 3Q), gate, up, silu and
    /// product (4I), and the turned queries and keys (Q + K), in between as float32. An expert also has its copy of the token, its result
    /// and that times its gate (3H). The backward pass holds the gradients of one layer at a time beside them: one layer more.
    /// </summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoints">Whether layers keep their input only, and run again one after the other.</param>
    public static long PerToken(TransformerConfig config, bool checkpoints = false)
    {
        long h = config.HiddenSize, q = (long)config.AttentionHeads * config.HeadDim, k = (long)config.KvHeads * config.HeadDim;
        var bytes = Bytes(config);
        var repeated = q == k ? 0 : 2 * q;
        var layer = 8 * h + q + 2 * k + q + repeated + Fed(config) + q + k;
        if (config.SandwichNorm) layer += 4 * h;
        if (config.HasQkNorm) layer += 2 * (q + k);
        var turned = bytes == 4 ? 0 : 2 * (q + k) * sizeof(float);
        // Embedding and last norm.
        var all = layer * bytes + turned;
        return (checkpoints ? config.Layers * h * bytes + 2 * all : (config.Layers + 1) * all) + 3 * h * bytes;
    }

    /// <summary>Bytes a token of what an adapter adds to all layers.</summary>
    /// <param name="config">The model.</param>
    /// <param name="numbers">Numbers a token, all layers together.</param>
    /// <param name="checkpoints">As above.</param>
    public static long PerToken(TransformerConfig config, long numbers, bool checkpoints) =>
        numbers * Bytes(config) / config.Layers * (checkpoints ? 2 : config.Layers + 1);

    private static long Bytes(TransformerConfig config) => config.DataType == torch.ScalarType.Float32 ? 4 : 2;

    private static long Fed(TransformerConfig config) => config.Experts is not { } experts ? 4L * config.IntermediateSize
        : experts.PerToken * (4L * config.IntermediateSize + 3L * config.HiddenSize) + 4L * experts.SharedIntermediateSize;
}
