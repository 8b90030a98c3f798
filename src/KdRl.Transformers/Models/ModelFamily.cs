namespace KdRl.Transformers;

/// <summary>The published architectures that can be loaded, trained and saved; <c>model_type</c> of <c>config.json</c>.</summary>
public enum ModelFamily
{
    /// <summary>Llama 2 and 3 and what shares their form, such as SmolLM: biases optional, no sliding window.</summary>
    Llama,

    /// <summary>Mistral: no biases, and a sliding window in all layers where the configuration asks for it.</summary>
    Mistral,

    /// <summary>Qwen2 and Qwen2.5: biases on queries, keys and values; a sliding window in some layers where the configuration asks for it.</summary>
    Qwen2,

    /// <summary>
    /// Qwen3: RMSNorm over each head of queries and keys before the rotary turn; biases optional; sliding window as in Qwen2.
    /// </summary>
    Qwen3,

    /// <summary>
    /// Pangu Ultra and Pangu Pro MoE: biases on the attention projections where the configuration says so, and, each by choice,
    /// depth-scaled sandwich norm and a mixture of grouped experts; no sliding window. <c>model_type</c> is <c>PanguProMoE</c>.
    /// </summary>
    Pangu,
}
