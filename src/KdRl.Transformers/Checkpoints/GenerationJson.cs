using KdRl.Rollouts;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Reads how a checkpoint's makers draw from it, <c>generation_config.json</c>. What would change the draws and is not supported is
/// refused by name.
/// </summary>
internal static class GenerationJson
{
    /// <summary>Must be absent, null, or the number that changes nothing.</summary>
    private static readonly (string Key, double Neutral)[] Numbers =
    [
        ("repetition_penalty", 1), ("encoder_repetition_penalty", 1), ("no_repeat_ngram_size", 0), ("num_beams", 1), ("num_beam_groups", 1), ("penalty_alpha", 0),
        ("typical_p", 1), ("epsilon_cutoff", 0), ("eta_cutoff", 0), ("guidance_scale", 1), ("min_length", 0), ("min_new_tokens", 0),
    ];

    /// <summary>Must be absent or null.</summary>
    private static readonly string[] Null =
    [
        "suppress_tokens", "begin_suppress_tokens", "forced_bos_token_id", "forced_eos_token_id", "forced_decoder_ids", "bad_words_ids", "force_words_ids",
        "constraints", "sequence_bias", "exponential_decay_length_penalty", "stop_strings", "watermarking_config", "dola_layers",
    ];

    /// <summary>The options in the file; what it leaves out means what Hugging Face's generation takes it for.</summary>
    /// <exception cref="InvalidDataException">A value is of a wrong type, or not supported.</exception>
    public static SamplingOptions Read(JsonFields json)
    {
        foreach (var (key, neutral) in Numbers)
            if (json.Number(key) is { } number && number != neutral) throw json.Bad(key, $"{neutral} (other values are not supported and would change the draws)");
        foreach (var key in Null)
            if (json.Has(key)) throw json.Bad(key, "null (it is not supported and would change the draws)");
        var options = new SamplingOptions { GroupSize = 1 };
        if (json.Int("max_new_tokens") is { } most) options.MaxNewTokens = most;
        if (json.Ids("eos_token_id") is { Length: > 0 } ends) options.StopTokens = ends;
        if (!json.Flag("do_sample"))
        {
            options.Temperature = 0;
            return options;
        }
        options.Temperature = json.Number("temperature") ?? 1;
        options.TopK = json.Int("top_k") ?? 50;
        options.TopP = json.Number("top_p") ?? 1;
        options.MinP = json.Number("min_p") ?? 0;
        return options;
    }
}
