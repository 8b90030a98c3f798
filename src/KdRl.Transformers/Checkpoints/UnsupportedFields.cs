namespace KdRl.Transformers.Checkpoints;

/// <summary>Fields of <c>config.json</c> that change the mathematics in a way that is not supported: refused by name, never ignored.</summary>
internal static class UnsupportedFields
{
    /// <summary>Must be absent or null.</summary>
    private static readonly string[] Null =
    [
        "quantization_config", "quantization", "compression_config", "attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar", "attention_multiplier", "clip_qkv",
        "scale_emb", "scale_depth", "dim_model_base", "no_rope_layers", "no_rope_layer_interval", "attention_chunk_size", "dual_chunk_attention_config",
        "mrope_section", "kv_lora_rank", "q_lora_rank", "qk_nope_dim", "qk_rope_dim", "qk_nope_head_dim", "qk_rope_head_dim", "v_channels", "v_head_dim",
        "rope_ratio", "rotary_dim", "rope_local_base_freq",
    ];

    /// <summary>Must be absent, null, or the number that changes nothing.</summary>
    private static readonly (string Key, double Neutral)[] Numbers =
    [
        ("attention_dropout", 0), ("hidden_dropout", 0), ("embd_pdrop", 0), ("resid_pdrop", 0), ("attn_pdrop", 0), ("partial_rotary_factor", 1), ("rotary_pct", 1),
        ("embedding_multiplier", 1), ("residual_multiplier", 1), ("logits_scaling", 1), ("logit_scale", 1),
        ("num_local_experts", 0), ("n_routed_experts", 0), ("param_sink_number", 0), ("first_k_dense_replace", 0), ("num_mtp_layers", 0),
    ];

    /// <summary>Must be absent, null or false.</summary>
    private static readonly string[] Flags =
        ["use_logn_attn", "use_dynamic_ntk", "use_mrope", "use_qk_norm", "qk_layernorm", "alibi", "is_encoder_decoder", "add_cross_attention", "rope_interleaved", "use_parallel_residual", "router_enable_expert_bias"];

    /// <exception cref="InvalidDataException">One of the fields is set.</exception>
    public static void Refuse(JsonFields json, ModelFamily family)
    {
        json.Expect("hidden_act", "silu", isOptional: true);
        foreach (var key in Null)
            if (json.Has(key)) throw json.Bad(key, "null (it is not supported and would change the results)");
        foreach (var (key, neutral) in family == ModelFamily.Pangu ? Numbers : [.. Numbers, ("num_experts", 0)])
            if (json.Number(key) is { } number && number != neutral) throw json.Bad(key, $"{neutral} (other values are not supported and would change the results)");
        foreach (var key in family == ModelFamily.Pangu ? Flags : [.. Flags, "sandwich_norm"])
            if (json.Flag(key)) throw json.Bad(key, "false (it is not supported and would change the results)");
    }
}
