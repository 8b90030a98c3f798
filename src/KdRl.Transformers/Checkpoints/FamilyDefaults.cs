namespace KdRl.Transformers.Checkpoints;

/// <summary>What a field of <c>config.json</c> means when it is absent: the defaults of the published configuration classes.</summary>
/// <param name="KeyValueHeads">Null: as many as query heads.</param>
/// <param name="HeadSize">Null: hidden_size / num_attention_heads.</param>
/// <param name="MaxPositions">max_position_embeddings.</param>
/// <param name="SlidingWindow">sliding_window; null: none.</param>
/// <param name="RmsNormEpsilon">rms_norm_eps.</param>
/// <param name="RopeTheta">rope_theta.</param>
/// <param name="AttentionBias">attention_bias; Pangu's files have no such field and a bias on all four projections.</param>
internal sealed record FamilyDefaults(
    int? KeyValueHeads, int? HeadSize, int MaxPositions, int? SlidingWindow, double RmsNormEpsilon = 1e-6, double RopeTheta = 10000, bool AttentionBias = false)
{
    /// <summary>Qwen: max_window_layers.</summary>
    public const int MaxWindowLayers = 28;

    public static FamilyDefaults Of(ModelFamily family) => family switch
    {
        ModelFamily.Mistral => new(8, null, 131_072, 4096),
        ModelFamily.Qwen2 => new(32, null, 32_768, 4096),
        ModelFamily.Qwen3 => new(32, 128, 32_768, 4096),
        ModelFamily.Pangu => new(8, null, 131_072, null, 1e-5, 1.6e7, true),
        _ => new(null, null, 2048, null),
    };
}
