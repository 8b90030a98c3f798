using System.Text.Json.Nodes;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tests.Checkpoints;

/// <summary>The fields that published models have in config.json: what they mean, and that none that changes the results is passed over.</summary>
public sealed class ConfigJsonTests : IDisposable
{
    private const string Small = """
        {"model_type":"llama","hidden_size":64,"intermediate_size":128,"num_hidden_layers":2,"num_attention_heads":4,"vocab_size":100,"max_position_embeddings":128}
        """;

    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    private string Path0 => Path.Combine(directory, "config.json");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private TransformerConfig Read(string json)
    {
        File.WriteAllText(Path0, json);
        return ConfigJson.Read(Path0);
    }

    /// <summary>Files in the form of published models, with what they carry besides.</summary>
    public static TheoryData<string, string> Published() => new()
    {
        {
            """
            {"architectures":["LlamaForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,"intermediate_size":11008,"max_length":4096,
             "max_position_embeddings":4096,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":32,"pad_token_id":0,"pretraining_tp":2,"rms_norm_eps":1e-05,
             "rope_scaling":null,"tie_word_embeddings":false,"torch_dtype":"float16","transformers_version":"4.31.0.dev0","use_cache":true,"vocab_size":32000,"_name_or_path":"x"}
            """, "Llama H4096 I11008 L32 A32/32 d128 V32000 P4096 e1E-05 t10000 - - untied qkv- Float16 eos2"
        },
        {
            """
            {"architectures":["LlamaForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":128000,"eos_token_id":[128001,128008,128009],"head_dim":64,"hidden_act":"silu",
             "hidden_size":2048,"initializer_range":0.02,"intermediate_size":8192,"max_position_embeddings":131072,"mlp_bias":false,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":16,
             "num_key_value_heads":8,"pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,
             "rope_type":"llama3"},"rope_theta":500000.0,"tie_word_embeddings":true,"torch_dtype":"bfloat16","use_cache":true,"vocab_size":128256}
            """, "Llama H2048 I8192 L16 A32/8 d64 V128256 P131072 e1E-05 t500000 Llama3RopeScaling32 - tied qkv- BFloat16 eos128001,128008,128009"
        },
        {
            """
            {"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,"intermediate_size":14336,
             "max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_theta":10000.0,
             "sliding_window":4096,"tie_word_embeddings":false,"torch_dtype":"bfloat16","transformers_version":"4.34.0","use_cache":true,"vocab_size":32000}
            """, "Mistral H4096 I14336 L32 A32/8 d128 V32000 P32768 e1E-05 t10000 - all4096 untied qkv- BFloat16 eos2"
        },
        {
            """
            {"architectures":["MistralForCausalLM"],"attention_dropout":0.0,"bos_token_id":1,"eos_token_id":2,"head_dim":128,"hidden_act":"silu","hidden_size":5120,"initializer_range":0.02,
             "intermediate_size":14336,"max_position_embeddings":1024000,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":40,"num_key_value_heads":8,"rms_norm_eps":1e-05,
             "rope_theta":1000000.0,"sliding_window":null,"tie_word_embeddings":false,"torch_dtype":"bfloat16","use_cache":true,"vocab_size":131072}
            """, "Mistral H5120 I14336 L40 A32/8 d128 V131072 P1024000 e1E-05 t1000000 - - untied qkv- BFloat16 eos2"
        },
        {
            """
            {"architectures":["Qwen2ForCausalLM"],"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151645,"hidden_act":"silu","hidden_size":896,"initializer_range":0.02,
             "intermediate_size":4864,"max_position_embeddings":32768,"max_window_layers":21,"model_type":"qwen2","num_attention_heads":14,"num_hidden_layers":24,"num_key_value_heads":2,
             "rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":true,"torch_dtype":"bfloat16","use_cache":true,"use_mrope":false,"use_sliding_window":false,"vocab_size":151936}
            """, "Qwen2 H896 I4864 L24 A14/2 d64 V151936 P32768 e1E-06 t1000000 - - tied qkv+ BFloat16 eos151645"
        },
        {
            """
            {"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":151643,"eos_token_id":151645,"head_dim":128,"hidden_act":"silu","hidden_size":1024,
             "initializer_range":0.02,"intermediate_size":3072,"max_position_embeddings":40960,"max_window_layers":28,"model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":28,
             "num_key_value_heads":8,"rms_norm_eps":1e-06,"rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":32768},"rope_theta":1000000,"sliding_window":null,
             "tie_word_embeddings":true,"torch_dtype":"bfloat16","use_cache":true,"use_sliding_window":false,"vocab_size":151936}
            """, "Qwen3 H1024 I3072 L28 A16/8 d128 V151936 P40960 e1E-06 t1000000 YarnRopeScaling4 - tied qkv- BFloat16 eos151645"
        },
        {
            // As newer libraries write it.
            """
            {"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"attention_dropout":0.0,"bos_token_id":null,"dtype":"bfloat16","eos_token_id":151645,"head_dim":128,"hidden_act":"silu",
             "hidden_size":1024,"initializer_range":0.02,"intermediate_size":3072,"layer_types":["full_attention","full_attention"],"max_position_embeddings":40960,"max_window_layers":28,
             "model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":2,"num_key_value_heads":8,"pad_token_id":null,"rms_norm_eps":1e-06,"rope_parameters":{"rope_theta":1000000,"rope_type":"default"},
             "sliding_window":null,"tie_word_embeddings":true,"transformers_version":"5.0.0","use_cache":true,"use_sliding_window":false,"vocab_size":151936}
            """, "Qwen3 H1024 I3072 L2 A16/8 d128 V151936 P40960 e1E-06 t1000000 - - tied qkv- BFloat16 eos151645"
        },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Read_FileOfAPublishedModel_MeansWhatItsMakersMeant(string json, string expected)
    {
        var c = Read(json);
        var window = c.SlidingWindow is { } w ? $"{(c.SlidingLayers is null ? "all" : "some")}{w}" : "-";
        FormattableString found = $"{c.Family} H{c.HiddenSize} I{c.IntermediateSize} L{c.Layers} A{c.AttentionHeads}/{c.KvHeads} d{c.HeadDim} V{c.VocabularySize} P{c.MaxPositions} e{c.RmsNormEpsilon} t{c.RopeTheta} {(c.RopeScaling is { } r ? r.GetType().Name + r.Factor : "-")} {window} {(c.TieWordEmbeddings ? "tied" : "untied")} qkv{(c.HasQkvBias ? "+" : "-")} {c.DataType} eos{string.Join(',', c.EosTokenIds)}";
        Assert.Equal(expected, FormattableString.Invariant(found));
    }

    [Theory]
    [InlineData("quantization_config", """{"quant_method":"gptq","bits":4}""")]
    [InlineData("quantization", """{"group_size":64,"bits":4}""")]
    [InlineData("compression_config", """{"format":"int-quantized"}""")]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("attention_dropout", "0.1")]
    [InlineData("partial_rotary_factor", "0.5")]
    [InlineData("rotary_pct", "0.25")]
    [InlineData("rotary_dim", "32")]
    [InlineData("rope_ratio", "8")]
    [InlineData("logits_scaling", "8")]
    [InlineData("logit_scale", "0.0625")]
    [InlineData("embedding_multiplier", "12")]
    [InlineData("residual_multiplier", "0.22")]
    [InlineData("attention_multiplier", "0.015625")]
    [InlineData("final_logit_softcapping", "30")]
    [InlineData("attn_logit_softcapping", "50")]
    [InlineData("query_pre_attn_scalar", "256")]
    [InlineData("clip_qkv", "8")]
    [InlineData("use_qk_norm", "true")]
    [InlineData("use_logn_attn", "true")]
    [InlineData("use_dynamic_ntk", "true")]
    [InlineData("use_mrope", "true")]
    [InlineData("alibi", "true")]
    [InlineData("is_encoder_decoder", "true")]
    [InlineData("sandwich_norm", "true")]
    [InlineData("num_local_experts", "8")]
    [InlineData("num_experts", "60")]
    [InlineData("no_rope_layers", "[1,0]")]
    [InlineData("dual_chunk_attention_config", """{"chunk_size":8192}""")]
    [InlineData("layer_types", """["full_attention","sliding_attention"]""")]
    [InlineData("layer_types", """["full_attention","linear_attention"]""")]
    [InlineData("sliding_window", "16", "mistral", "layer_types", """["full_attention","full_attention"]""")]
    [InlineData("rope_scaling", """{"type":"longrope","short_factor":[1],"long_factor":[1]}""")]
    [InlineData("rope_scaling", """{"type":"su","factor":2}""")]
    [InlineData("rope_scaling", """{"type":"linear"}""")]
    [InlineData("rope_scaling", """{"type":"linear","factor":0.5}""")]
    [InlineData("rope_scaling", """{"type":"dynamic","factor":2,"alpha":1000}""")]
    [InlineData("rope_scaling", """{"type":"mrope","mrope_section":[16,24,24]}""")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8}""")]
    [InlineData("rope_parameters", """{"full_attention":{"rope_type":"default","rope_theta":1e6}}""")]
    [InlineData("rope_parameters", """{"rope_type":"default","partial_rotary_factor":0.5}""")]
    [InlineData("original_max_position_embeddings", "64", "llama", "rope_scaling", """{"type":"yarn","factor":2}""")]
    [InlineData("torch_dtype", "\"float8_e4m3fn\"")]
    [InlineData("architectures", """["LlamaForSequenceClassification"]""")]
    [InlineData("model_type", "\"gemma3\"")]
    [InlineData("vocab_size", "-1")]
    [InlineData("hidden_size", "66")]
    [InlineData("num_key_value_heads", "3")]
    public void Read_FieldThatChangesTheResults_IsRefusedByName(string field, string value, string family = "llama", string? second = null, string? secondValue = null)
    {
        var json = JsonNode.Parse(Small)!.AsObject();
        json["model_type"] = family;
        if (second is not null) json[second] = JsonNode.Parse(secondValue!);
        json[field] = JsonNode.Parse(value);
        var error = Assert.Throws<InvalidDataException>(() => Read(json.ToJsonString()));
        Assert.StartsWith(Path0, error.Message, StringComparison.Ordinal);
        Assert.Contains(second == "layer_types" ? second : field, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("attention_dropout", "0")]
    [InlineData("pretraining_tp", "4")]
    [InlineData("use_cache", "false")]
    [InlineData("partial_rotary_factor", "1.0")]
    [InlineData("logits_scaling", "1")]
    [InlineData("quantization_config", "null")]
    [InlineData("rope_scaling", """{"type":"default"}""")]
    [InlineData("rope_scaling", """{"type":"linear","rope_type":"linear","factor":2}""")]
    [InlineData("layer_types", """["full_attention","full_attention"]""")]
    [InlineData("original_max_position_embeddings", "64")]
    [InlineData("pruned_heads", "{}")]
    [InlineData("id2label", """{"0":"A"}""")]
    [InlineData("auto_map", """{"AutoConfig":"x.Y"}""")]
    [InlineData("num_key_value_heads", "null")]
    [InlineData("head_dim", "null")]
    public void Read_FieldThatChangesNothing_IsAccepted(string field, string value)
    {
        var json = JsonNode.Parse(Small)!.AsObject();
        json[field] = JsonNode.Parse(value);
        Assert.Equal((4, 16), (Read(json.ToJsonString()).KvHeads, Read(json.ToJsonString()).HeadDim));
    }
}
