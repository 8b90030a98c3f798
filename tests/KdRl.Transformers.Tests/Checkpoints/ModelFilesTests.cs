using System.Text.Json.Nodes;
using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Tests.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Checkpoints;

[Collection("torch")]
public sealed class ModelFilesTests : IDisposable
{
    private static readonly TransformerConfig Small = new()
    {
        HiddenSize = 16, IntermediateSize = 24, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = 9, BosTokenId = 1, EosTokenIds = [2, 3],
        AttentionBias = true, MlpBias = true, MaxPositions = 77, RmsNormEpsilon = 3e-5, RopeTheta = 1234, InitializerRange = 0.1,
    };

    private static readonly TransformerConfig Pangu = new()
    {
        Family = ModelFamily.Pangu, HiddenSize = 16, IntermediateSize = 4, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = 9, AttentionBias = true,
        Experts = new ExpertConfig { Count = 6, PerToken = 3, SharedIntermediateSize = 7 },
    };

    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private void Edit(Action<JsonObject> change)
    {
        var path = Path.Combine(directory, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void FromPretrained_WhatWasSaved_IsEqual(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Small with { DataType = type }, 4);
        model.Tokenizer = Tokenizer.FromCharacters("abcdefg", "<s>", "</s>");
        model.SavePretrained(directory);
        using var again = CausalLM.FromPretrained(directory);
        foreach (var ((name, a), (_, b)) in model.named_parameters().Zip(again.named_parameters()))
            Assert.True(a.bytes.SequenceEqual(b.bytes), name);
        Assert.Equal(model.Config.EosTokenIds, again.Config.EosTokenIds);
        Assert.Equal(model.Config with { EosTokenIds = [], KeyValueHeads = 2, HeadSize = 4 }, again.Config with { EosTokenIds = [] });
        Assert.Equal(model.Tokenizer.Encode("abc"), Tokenizer.FromPretrained(directory).Encode("abc"));
    }

    [Fact]
    public void FromPretrained_OtherType_Converts()
    {
        using var scope = NewDisposeScope();
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        using var half = CausalLM.FromPretrained(directory, ScalarType.BFloat16);
        Assert.All(half.parameters(), p => Assert.Equal(ScalarType.BFloat16, p.dtype));
        var hidden = half.Hidden(ones(1, 3, dtype: ScalarType.Int64), zeros(1, 3, dtype: ScalarType.Int64), null);
        Assert.Equal(ScalarType.BFloat16, hidden.dtype);
        Assert.True(hidden.isfinite().all().item<bool>());
    }

    [Fact]
    public void SavePretrained_ForeignFields_AreKept()
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        Edit(json => json["use_cache"] = true);
        using (var model = CausalLM.FromPretrained(directory)) model.SavePretrained(directory);
        Assert.True((bool)JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "config.json")))!["use_cache"]!);
    }

    public static TheoryData<TransformerConfig> Families()
    {
        TheoryData<TransformerConfig> result = [];
        foreach (var family in Enum.GetValues<ModelFamily>())
            for (var seed = 0; seed < 8; seed++) result.Add(TestModels.Random(family, seed));
        return result;
    }

    [Theory]
    [MemberData(nameof(Families), DisableDiscoveryEnumeration = true)]
    public void FromPretrained_EveryFamily_ReadsWhatWasSaved(TransformerConfig config)
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(config);
        // Cut into files by turns.
        model.SavePretrained(directory, config.TieWordEmbeddings ? 2000 : long.MaxValue);
        using var again = CausalLM.FromPretrained(directory);
        if (config.Experts is { } experts) config = config with { Experts = experts with { Groups = experts.GroupCount } };
        var (ids, positions) = (arange(0, 11, 1, dtype: ScalarType.Int64).unsqueeze(0), TestModels.Positions(1, 11));
        Assert.True(model.Hidden(ids, positions, null).equal(again.Hidden(ids, positions, null)).all().item<bool>());
        Assert.Equal(config with { SlidingLayers = null, SlidingWindow = null, EosTokenIds = [] }, again.Config with { SlidingLayers = null, SlidingWindow = null, EosTokenIds = [] });
        Assert.Equal(Enumerable.Range(0, config.Layers).Select(config.Slides), Enumerable.Range(0, config.Layers).Select(again.Config.Slides));
        again.SavePretrained(directory);
        using var third = CausalLM.FromPretrained(directory);
        Assert.True(model.Hidden(ids, positions, null).equal(third.Hidden(ids, positions, null)).all().item<bool>());
    }

    [Theory]
    [InlineData(ModelFamily.Mistral, """{"sliding_window":3}""", "11")]
    [InlineData(ModelFamily.Mistral, """{"sliding_window":null}""", "00")]
    [InlineData(ModelFamily.Qwen2, """{"sliding_window":3,"use_sliding_window":false,"max_window_layers":0}""", "00")]
    [InlineData(ModelFamily.Qwen2, """{"sliding_window":3,"use_sliding_window":true,"max_window_layers":1}""", "01")]
    [InlineData(ModelFamily.Qwen2, """{"sliding_window":3,"use_sliding_window":true,"max_window_layers":0}""", "11")]
    [InlineData(ModelFamily.Qwen2, """{"sliding_window":3,"use_sliding_window":true,"max_window_layers":2}""", "00")]
    [InlineData(ModelFamily.Qwen3, """{"sliding_window":3,"use_sliding_window":true,"layer_types":["sliding_attention","full_attention"]}""", "10")]
    [InlineData(ModelFamily.Qwen3, """{"sliding_window":3,"use_sliding_window":false,"layer_types":["full_attention","full_attention"]}""", "00")]
    public void FromPretrained_SlidingFields_SayWhichLayersSlide(ModelFamily family, string fields, string expected)
    {
        using (var model = CausalLM.Create(TestModels.Random(family, 0) with { Layers = 2, SlidingWindow = null, SlidingLayers = null }, 4)) model.SavePretrained(directory);
        Edit(json =>
        {
            foreach (var (key, value) in JsonNode.Parse(fields)!.AsObject()) json[key] = value?.DeepClone();
        });
        using var read = CausalLM.FromPretrained(directory);
        Assert.Equal(expected, string.Concat(Enumerable.Range(0, 2).Select(i => read.Config.Slides(i) ? 1 : 0)));
    }

    [Fact]
    public void FromPretrained_AbsentFields_MeanWhatTheFamilySays()
    {
        using (var model = CausalLM.Create(Small with { Family = ModelFamily.Mistral, AttentionBias = false, MlpBias = false, KeyValueHeads = 8, AttentionHeads = 8 }, 4)) model.SavePretrained(directory);
        Edit(json =>
        {
            foreach (var key in new[] { "sliding_window", "num_key_value_heads", "max_position_embeddings", "head_dim", "rope_theta", "rms_norm_eps" }) json.Remove(key);
        });
        using var read = CausalLM.FromPretrained(directory);
        Assert.Equal((4096, 8, 131072, 2, 10000.0, 1e-6), (read.Config.SlidingWindow, read.Config.KvHeads, read.Config.MaxPositions, read.Config.HeadDim, read.Config.RopeTheta, read.Config.RmsNormEpsilon));
    }

    [Fact]
    public void FromPretrained_RopeParameters_AreReadAndWrittenInTheirPlace()
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        Edit(json =>
        {
            json.Remove("rope_theta");
            json.Remove("rope_scaling");
            json["rope_parameters"] = JsonNode.Parse("""{"rope_type":"linear","factor":2,"rope_theta":77}""");
        });
        for (var round = 0; round < 2; round++)
        {
            using var model = CausalLM.FromPretrained(directory);
            Assert.Equal(77, model.Config.RopeTheta);
            Assert.Equal(new LinearRopeScaling { Factor = 2 }, model.Config.RopeScaling);
            model.SavePretrained(directory);
        }
        var saved = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "config.json")))!.AsObject();
        Assert.False(saved.ContainsKey("rope_theta") || saved.ContainsKey("rope_scaling"));
    }

    [Fact]
    public void SavePretrained_OverAnotherLayout_LeavesOneSetOfWeights()
    {
        using var scope = NewDisposeScope();
        using CausalLM a = CausalLM.Create(Small, 4), b = CausalLM.Create(Small, 5);
        string[] Weights() => [.. Directory.GetFiles(directory).Select(path => Path.GetFileName(path)).Where(name => name != "config.json").Order()];
        void Holds(CausalLM model)
        {
            using var read = CausalLM.FromPretrained(directory);
            foreach (var ((name, x), (_, y)) in model.named_parameters().Zip(read.named_parameters())) Assert.True(x.bytes.SequenceEqual(y.bytes), name);
        }
        a.SavePretrained(directory, 4000);
        Assert.Equal("model.safetensors.index.json", Weights()[^1]);
        Assert.True(Weights().Length > 3);
        Holds(a);
        b.SavePretrained(directory);
        Assert.Equal(["model.safetensors"], Weights());
        Holds(b);
        a.SavePretrained(directory, 4000);
        b.SavePretrained(directory, 2000);
        Assert.All(Weights()[..^1], name => Assert.EndsWith($"-of-{Weights().Length - 1:00000}.safetensors", name, StringComparison.Ordinal));
        Holds(b);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.SavePretrained(directory, 0));
    }

    [Fact]
    public void FromPretrained_ConfigOfAGiant_IsRefusedBeforeMemoryIsTaken()
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        foreach (var (key, value) in new[] { ("hidden_size", 1 << 24), ("vocab_size", 1 << 24), ("num_hidden_layers", 60_000), ("num_hidden_layers", int.MaxValue), ("intermediate_size", int.MaxValue), ("head_dim", 1 << 22) })
        {
            JsonNode? old = null;
            Edit(json => (old, json[key]) = (json[key]!.DeepClone(), value));
            Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory));
            Edit(json => json[key] = old);
        }
        CausalLM.FromPretrained(directory).Dispose();
    }

    [Fact]
    public void FromPretrained_FuzzedDirectories_AreReadOrRefused()
    {
        using var scope = NewDisposeScope();
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory, 4000);
        var random = new Random(6);
        var files = Directory.GetFiles(directory).Order().ToArray();
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            var path = files[random.Next(files.Length)];
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, Mutation.Of(whole, random, whole.Length > 3000 ? 1500 : whole.Length));
            try
            {
                CausalLM.FromPretrained(directory).Dispose();
            }
            // A changed index may name a file that is not there.
            catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
            {
                refused++;
            }
            File.WriteAllBytes(path, whole);
        }
        Assert.True(refused > 100, $"{refused} of 300 were refused");
    }

    public static TheoryData<string, string, string> Unsupported() => new()
    {
        { "model_type", "model_type", "\"gemma2\"" },
        { "architectures", "architectures", """["LlamaForSequenceClassification"]""" },
        { "hidden_act", "hidden_act", "\"gelu\"" },
        { "rope_scaling", "rope_scaling", """{"type":"longrope","factor":2}""" },
        { "factor", "rope_scaling", """{"type":"linear"}""" },
        { "factor", "rope_scaling", """{"type":"linear","factor":0.5}""" },
        { "high_freq_factor", "rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"original_max_position_embeddings":8}""" },
        { "mrope_section", "rope_scaling", """{"rope_type":"default","mrope_section":[1,2]}""" },
        { "original_max_position_embeddings", "rope_scaling", """{"rope_type":"dynamic","factor":2,"original_max_position_embeddings":8}""" },
        { "type", "rope_scaling", """{"rope_type":"linear","type":"yarn","factor":2}""" },
        { "rope_theta", "rope_parameters", """{"rope_type":"default","rope_theta":5}""" },
        { "partial_rotary_factor", "rope_parameters", """{"rope_type":"default","partial_rotary_factor":0.5}""" },
        { "layer_types", "layer_types", """["sliding_attention","full_attention"]""" },
        { "layer_types", "layer_types", """["full_attention","chunked_attention"]""" },
        { "layer_types", "layer_types", """["full_attention"]""" },
        { "final_logit_softcapping", "final_logit_softcapping", "30.0" },
        { "num_local_experts", "num_local_experts", "8" },
        { "num_experts", "num_experts", "8" },
        { "use_qk_norm", "use_qk_norm", "true" },
        { "sandwich_norm", "sandwich_norm", "true" },
        { "kv_lora_rank", "kv_lora_rank", "512" },
        { "sliding_window", "sliding_window", "128" },
        { "quantization_config", "quantization_config", "{}" },
        { "attention_dropout", "attention_dropout", "0.1" },
        { "partial_rotary_factor", "partial_rotary_factor", "0.5" },
        { "hidden_size", "hidden_size", "\"16\"" },
        { "hidden_size", "hidden_size", "0" },
        { "num_hidden_layers", "num_hidden_layers", "null" },
        { "num_key_value_heads", "num_key_value_heads", "3" },
        { "tie_word_embeddings", "tie_word_embeddings", "1" },
        { "torch_dtype", "torch_dtype", "\"int8\"" },
        { "eos_token_id", "eos_token_id", "[2,\"x\"]" },
        { "rms_norm_eps", "rms_norm_eps", "0" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void FromPretrained_UnsupportedField_IsRefusedByName(string named, string field, string value)
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        Edit(json => json[field] = JsonNode.Parse(value));
        var error = Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The fields and tensors of Pangu Pro MoE's published files, of which this library writes more.</summary>
    [Fact]
    public void FromPretrained_PublishedPanguFields_MeanWhatItsCodeSays()
    {
        using (var model = CausalLM.Create(Pangu, 4)) model.SavePretrained(directory);
        using (var weights = SafeTensorsReader.OpenDirectory(directory))
        {
            Assert.Equal([1L, 6], weights.Entry("model.layers.0.mlp.router_scale").Shape);
            Assert.Equal([6L, 16], weights.Entry("model.layers.1.mlp.gate.weight").Shape);
            Assert.Equal([4L, 16], weights.Entry("model.layers.1.mlp.experts.5.up_proj.weight").Shape);
            Assert.Equal([16L, 7], weights.Entry("model.layers.0.mlp.shared_expert.down_proj.weight").Shape);
        }
        Edit(json =>
        {
            Assert.Equal(("PanguProMoE", "PanguProMoEForCausalLM"), ((string)json["model_type"]!, (string)json["architectures"]![0]!));
            Assert.False(json.ContainsKey("intermediate_size"));
            foreach (var key in new[] { "num_expert_groups", "norm_topk_prob", "router_aux_loss_coef", "attention_bias", "sandwich_norm", "head_dim", "rope_theta", "rms_norm_eps", "max_position_embeddings" }) json.Remove(key);
        });
        using var read = CausalLM.FromPretrained(directory);
        Assert.Equal((3, 3, false, 1e-3), (read.Config.Experts!.GroupCount, read.Config.Experts.PerToken, read.Config.Experts.NormalizesGates, read.Config.Experts.BalanceCoefficient));
        Assert.Equal((true, false, 1.6e7, 1e-5, 131072), (read.Config.AttentionBias, read.Config.SandwichNorm, read.Config.RopeTheta, read.Config.RmsNormEpsilon, read.Config.MaxPositions));
    }

    [Theory]
    [InlineData("routed_scaling_factor", "2.5")]
    [InlineData("router_enable_expert_bias", "true")]
    [InlineData("scoring_func", "\"sigmoid\"")]
    [InlineData("mlp_only_layers", "[0]")]
    [InlineData("param_sink_number", "128")]
    [InlineData("num_expert_groups", "4")]
    [InlineData("num_experts", "1000000000")]
    [InlineData("num_experts", "60000")]
    [InlineData("num_experts_per_tok", "0")]
    [InlineData("moe_intermediate_size", "null")]
    public void FromPretrained_UnsupportedExperts_AreRefusedByName(string field, string value)
    {
        using (var model = CausalLM.Create(Pangu, 4)) model.SavePretrained(directory);
        Edit(json => json[field] = JsonNode.Parse(value));
        Assert.Contains(field, Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromPretrained_WeightsOfAnotherModel_AreRefusedByTensor()
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        Edit(json => json["intermediate_size"] = 25);
        Assert.Contains("_proj", Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory)).Message, StringComparison.Ordinal);
        Edit(json => (json["intermediate_size"], json["num_hidden_layers"]) = (24, 3));
        Assert.Contains("layers.2", Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory)).Message, StringComparison.Ordinal);
        Edit(json => json["num_hidden_layers"] = 1);
        Assert.Contains("layers.1", Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory)).Message, StringComparison.Ordinal);
    }
}
