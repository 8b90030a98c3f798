using System.Text.Json.Nodes;
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

    public static TheoryData<string, string> Unsupported() => new()
    {
        { "model_type", "\"qwen3\"" },
        { "hidden_act", "\"gelu\"" },
        { "rope_scaling", """{"type":"linear","factor":2}""" },
        { "sliding_window", "128" },
        { "quantization_config", "{}" },
        { "attention_dropout", "0.1" },
        { "partial_rotary_factor", "0.5" },
        { "hidden_size", "\"16\"" },
        { "hidden_size", "0" },
        { "num_hidden_layers", "null" },
        { "num_key_value_heads", "3" },
        { "tie_word_embeddings", "1" },
        { "torch_dtype", "\"int8\"" },
        { "eos_token_id", "[2,\"x\"]" },
        { "rms_norm_eps", "0" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void FromPretrained_UnsupportedField_IsRefusedByName(string field, string value)
    {
        using (var model = CausalLM.Create(Small, 4)) model.SavePretrained(directory);
        Edit(json => json[field] = JsonNode.Parse(value));
        var error = Assert.Throws<InvalidDataException>(() => CausalLM.FromPretrained(directory));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
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
