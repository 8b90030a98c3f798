using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Reads and writes <c>config.json</c>. What would change the mathematics and is not supported is refused by name.</summary>
internal static class ConfigJson
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["float32"] = ScalarType.Float32, ["float16"] = ScalarType.Float16, ["bfloat16"] = ScalarType.BFloat16,
    };

    /// <summary>The configuration in the file.</summary>
    /// <exception cref="InvalidDataException">A value is missing, out of range, or not supported.</exception>
    public static TransformerConfig Read(string path)
    {
        var json = new JsonFields(path, JsonFile.Read(path));
        json.Expect("model_type", "llama");
        RefuseUnsupported(json);
        var config = new TransformerConfig
        {
            HiddenSize = json.Required("hidden_size"),
            IntermediateSize = json.Required("intermediate_size"),
            Layers = json.Required("num_hidden_layers"),
            AttentionHeads = json.Required("num_attention_heads"),
            KeyValueHeads = json.Int("num_key_value_heads"),
            HeadSize = json.Int("head_dim"),
            VocabularySize = json.Required("vocab_size"),
            MaxPositions = json.Int("max_position_embeddings") ?? 2048,
            RmsNormEpsilon = json.Number("rms_norm_eps") ?? 1e-6,
            RopeTheta = json.Number("rope_theta") ?? RopeParameters(json) ?? 10000,
            TieWordEmbeddings = json.Flag("tie_word_embeddings"),
            AttentionBias = json.Flag("attention_bias"),
            MlpBias = json.Flag("mlp_bias"),
            BosTokenId = json.Int("bos_token_id"),
            EosTokenIds = json.Ids("eos_token_id"),
            InitializerRange = json.Number("initializer_range") ?? 0.02,
            DataType = DataType(json),
        };
        return config.Problem() is { } problem ? throw new InvalidDataException($"{path}: {problem}") : config;
    }

    /// <summary>The file's text. Fields of the file it was loaded from that are not ours are kept.</summary>
    public static byte[] Write(TransformerConfig config, JsonObject? loaded)
    {
        var json = loaded?.DeepClone().AsObject() ?? new JsonObject { ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama" };
        json["hidden_size"] = config.HiddenSize;
        json["intermediate_size"] = config.IntermediateSize;
        json["num_hidden_layers"] = config.Layers;
        json["num_attention_heads"] = config.AttentionHeads;
        json["num_key_value_heads"] = config.KvHeads;
        json["head_dim"] = config.HeadDim;
        json["vocab_size"] = config.VocabularySize;
        json["max_position_embeddings"] = config.MaxPositions;
        json["rms_norm_eps"] = config.RmsNormEpsilon;
        json["rope_theta"] = config.RopeTheta;
        json["hidden_act"] = "silu";
        json["tie_word_embeddings"] = config.TieWordEmbeddings;
        json["attention_bias"] = config.AttentionBias;
        json["mlp_bias"] = config.MlpBias;
        json["bos_token_id"] = config.BosTokenId;
        json["eos_token_id"] = config.EosTokenIds switch
        {
            [] => null,
            [var one] => one,
            var many => new JsonArray([.. many.Select(id => (JsonNode)id)]),
        };
        json["initializer_range"] = config.InitializerRange;
        json[json.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = Types.First(pair => pair.Value == config.DataType).Key;
        return JsonSerializer.SerializeToUtf8Bytes(json, Indented);
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static void RefuseUnsupported(JsonFields json)
    {
        json.Expect("hidden_act", "silu", isOptional: true);
        foreach (var key in new[] { "rope_scaling", "sliding_window", "quantization_config", "attn_logit_softcapping", "final_logit_softcapping" })
            if (json.Has(key)) throw json.Bad(key, "null (it is not supported and would change the results)");
        if (json.Number("attention_dropout") is { } dropout and not 0) throw json.Bad("attention_dropout", $"0, found {dropout}");
        if (json.Number("partial_rotary_factor") is { } part and not 1) throw json.Bad("partial_rotary_factor", $"1, found {part}");
    }

    /// <summary>Newer files put the base and the kind of rotary embedding into an object of their own.</summary>
    private static double? RopeParameters(JsonFields json)
    {
        if (json.Object("rope_parameters") is not { } rope) return null;
        rope.Expect("rope_type", "default", isOptional: true);
        if (rope.Number("partial_rotary_factor") is { } part and not 1) throw rope.Bad("partial_rotary_factor", $"1, found {part}");
        return rope.Number("rope_theta");
    }

    private static ScalarType DataType(JsonFields json)
    {
        var key = json.Has("dtype") ? "dtype" : "torch_dtype";
        if (json.Text(key) is not { } name) return ScalarType.Float32;
        return Types.TryGetValue(name, out var type) ? type : throw json.Bad(key, string.Join(", ", Types.Keys));
    }
}
