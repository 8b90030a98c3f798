using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Reads and writes <c>config.json</c>. What would change the mathematics and is not supported is refused by name.</summary>
internal static class ConfigJson
{
    private const string PanguName = "PanguProMoE";

    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["float32"] = ScalarType.Float32, ["float16"] = ScalarType.Float16, ["bfloat16"] = ScalarType.BFloat16,
    };

    /// <summary>The configuration in the file.</summary>
    /// <exception cref="InvalidDataException">A value is missing, out of range, or not supported.</exception>
    public static TransformerConfig Read(string path)
    {
        var json = new JsonFields(path, JsonFile.Read(path));
        var family = Family(json);
        var defaults = FamilyDefaults.Of(family);
        UnsupportedFields.Refuse(json, family);
        var (theta, scaling) = RopeJson.Read(json);
        var layers = json.Required("num_hidden_layers");
        if (layers is <= 0 or > TransformerConfig.MostLayers) throw json.Bad("num_hidden_layers", $"a positive number up to {TransformerConfig.MostLayers}");
        var (window, sliding) = WindowJson.Read(json, family, layers);
        var experts = family == ModelFamily.Pangu ? ExpertJson.Read(json) : null;
        var config = new TransformerConfig
        {
            Family = family,
            HiddenSize = json.Required("hidden_size"),
            IntermediateSize = json.Required(experts is null ? "intermediate_size" : ExpertJson.Width),
            Layers = layers,
            AttentionHeads = json.Required("num_attention_heads"),
            KeyValueHeads = json.Contains("num_key_value_heads") ? json.Int("num_key_value_heads") : defaults.KeyValueHeads,
            HeadSize = json.Contains("head_dim") ? json.Int("head_dim") : defaults.HeadSize,
            VocabularySize = json.Required("vocab_size"),
            MaxPositions = json.Int("max_position_embeddings") ?? defaults.MaxPositions,
            RmsNormEpsilon = json.Number("rms_norm_eps") ?? defaults.RmsNormEpsilon,
            RopeTheta = theta ?? defaults.RopeTheta,
            RopeScaling = scaling,
            SlidingWindow = window,
            SlidingLayers = sliding,
            TieWordEmbeddings = json.Flag("tie_word_embeddings"),
            AttentionBias = json.Has("attention_bias") ? json.Flag("attention_bias") : defaults.AttentionBias,
            MlpBias = json.Flag("mlp_bias"),
            SandwichNorm = json.Flag("sandwich_norm"),
            Experts = experts,
            BosTokenId = json.Int("bos_token_id"),
            EosTokenIds = json.Ids("eos_token_id"),
            InitializerRange = json.Number("initializer_range"),
            DataType = DataType(json),
        };
        return config.Problem() is { } problem ? throw new InvalidDataException($"{path}: {problem}") : config;
    }

    /// <summary>The file's text. Fields of the file it was loaded from that are not ours are kept.</summary>
    public static byte[] Write(TransformerConfig config, JsonObject? loaded)
    {
        var json = loaded?.DeepClone().AsObject() ?? new JsonObject { ["architectures"] = new JsonArray(Architecture(config.Family)), ["model_type"] = ModelType(config.Family) };
        json["hidden_size"] = config.HiddenSize;
        json[config.Experts is null ? "intermediate_size" : ExpertJson.Width] = config.IntermediateSize;
        json["num_hidden_layers"] = config.Layers;
        json["num_attention_heads"] = config.AttentionHeads;
        json["num_key_value_heads"] = config.KvHeads;
        json["head_dim"] = config.HeadDim;
        json["vocab_size"] = config.VocabularySize;
        json["max_position_embeddings"] = config.MaxPositions;
        json["rms_norm_eps"] = config.RmsNormEpsilon;
        RopeJson.Write(json, config);
        WindowJson.Write(json, config);
        json["hidden_act"] = "silu";
        json["tie_word_embeddings"] = config.TieWordEmbeddings;
        if (config.Family is ModelFamily.Llama or ModelFamily.Qwen3 or ModelFamily.Pangu) json["attention_bias"] = config.AttentionBias;
        if (config.Family is ModelFamily.Llama) json["mlp_bias"] = config.MlpBias;
        if (config.Family is ModelFamily.Pangu)
        {
            json["sandwich_norm"] = config.SandwichNorm;
            ExpertJson.Write(json, config.Experts);
        }
        json["bos_token_id"] = config.BosTokenId;
        json["eos_token_id"] = config.EosTokenIds switch
        {
            [] => null,
            [var one] => one,
            var many => new JsonArray([.. many.Select(id => (JsonNode)id)]),
        };
        if (config.InitializerRange is { } range) json["initializer_range"] = range;
        else json.Remove("initializer_range");
        json[json.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = Types.First(pair => pair.Value == config.DataType).Key;
        return JsonSerializer.SerializeToUtf8Bytes(json, Indented);
    }

    internal static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static string ModelType(ModelFamily family) => family == ModelFamily.Pangu ? PanguName : family.ToString().ToLowerInvariant();

    private static string Architecture(ModelFamily family) => $"{(family == ModelFamily.Pangu ? PanguName : family)}ForCausalLM";

    private static ModelFamily Family(JsonFields json)
    {
        var families = Enum.GetValues<ModelFamily>();
        var found = json.RequiredText("model_type");
        if (!families.Any(family => ModelType(family) == found)) throw json.Bad("model_type", $"one of {string.Join(", ", families.Select(ModelType))}");
        var family = families.First(family => ModelType(family) == found);
        foreach (var name in json.Texts("architectures") ?? [])
            if (name != Architecture(family)) throw json.Bad("architectures", $"'{Architecture(family)}', the only one supported for {found}");
        return family;
    }

    private static ScalarType DataType(JsonFields json)
    {
        var key = json.Has("dtype") ? "dtype" : "torch_dtype";
        if (json.Text(key) is not { } name) return ScalarType.Float32;
        return Types.TryGetValue(name, out var type) ? type : throw json.Bad(key, string.Join(", ", Types.Keys));
    }
}
