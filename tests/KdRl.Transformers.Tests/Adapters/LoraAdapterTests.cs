using System.Text.Json.Nodes;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training.Optimization;
using KdRl.Transformers.Checkpoints;
using KdRl.Transformers.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Adapters;

[Collection("torch")]
public sealed class LoraAdapterTests : IDisposable
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6];

    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private static Tensor Hidden(ICausalModel model) =>
        model.Hidden(tensor(Array.ConvertAll(Ids, i => (long)i)).unsqueeze(0), TestModels.Positions(1, Ids.Length), null);

    private static CausalLM Model(ModelFamily family = ModelFamily.Llama, int seed = 0) => TestModels.Noisy(TestModels.Random(family, seed));

    /// <summary>An adapter that changes something.</summary>
    private static LoraAdapter Noisy(CausalLM model, LoraOptions options)
    {
        var adapter = LoraAdapter.Attach(model, options, 2);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(4);
        foreach (var p in adapter.parameters()) p.copy_(randn(p.shape, generator: generator).mul(0.3));
        return adapter;
    }

    public static TheoryData<ModelFamily, string[]> Targets() => new()
    {
        { ModelFamily.Llama, ["q_proj", "v_proj"] },
        { ModelFamily.Llama, ["k_proj", "gate_proj", "down_proj"] },
        { ModelFamily.Mistral, ["o_proj", "up_proj"] },
        { ModelFamily.Qwen2, ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] },
        { ModelFamily.Qwen3, ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] },
        { ModelFamily.Pangu, ["k_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] },
    };

    [Theory]
    [MemberData(nameof(Targets), DisableDiscoveryEnumeration = true)]
    public void Hidden_SavedAdapterAddedToTheWeights_AgreesWithPlainLoops(ModelFamily family, string[] targets)
    {
        using var scope = NewDisposeScope();
        using var model = Model(family);
        using var adapter = Noisy(model, new LoraOptions { Rank = 3, Alpha = 5, TargetModules = targets });
        adapter.SavePretrained(directory);
        var weights = model.Weights().ToDictionary(part => part.Name, part => (part.Shape, part.Export().contiguous().data<float>().ToArray()));
        using (var file = SafeTensorsReader.OpenFile(Path.Combine(directory, "adapter_model.safetensors")))
        {
            Assert.Equal(2 * model.Projections().Count(part => targets.Contains(part.Name.Split('.')[^1])), file.Names.Count);
            foreach (var name in file.Names.Where(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)))
            {
                float[] Values(string tensorName) => file.Read(tensorName, file.Entry(tensorName).Shape).data<float>().ToArray();
                var (a, b) = (Values(name), Values(name.Replace("lora_A", "lora_B", StringComparison.Ordinal)));
                var (shape, w) = weights[name["base_model.model.".Length..].Replace(".lora_A", "", StringComparison.Ordinal)];
                for (var row = 0; row < shape[0]; row++)
                    for (var column = 0; column < shape[1]; column++)
                        w[row * shape[1] + column] += (float)(5.0 / 3 * Enumerable.Range(0, 3).Sum(k => (double)b[row * 3 + k] * a[k * shape[1] + column]));
            }
        }
        var expected = new ReferenceTransformer(model.Config, weights).Logits(Ids);
        var actual = nn.functional.linear(Hidden(adapter)[0], adapter.OutputWeight).detach();
        for (var t = 0; t < Ids.Length; t++)
            for (var v = 0; v < TestModels.Vocabulary; v++) Assert.Equal(expected[t][v], actual[t, v].item<float>(), 2e-4);
        Assert.False(Hidden(adapter).allclose(Hidden(adapter.Reference), 0, 1e-3));
    }

    [Fact]
    public void Attach_Fresh_ChangesNothingAndFreezesTheModel()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var before = Hidden(model).detach();
        using (var adapter = LoraAdapter.Attach(model, new LoraOptions { Rank = 2 }, 1))
        {
            Assert.True(before.equal(Hidden(adapter)).all().item<bool>());
            Assert.All(model.parameters(), p => Assert.False(p.requires_grad));
            Assert.All(adapter.parameters(), p => Assert.True(p.requires_grad));
            Assert.Equal(2 * 7 * model.Config.Layers, adapter.named_parameters().Count());
            Assert.Throws<InvalidOperationException>(() => LoraAdapter.Attach(model, new LoraOptions(), 1));
        }
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
        using var again = LoraAdapter.Attach(model, new LoraOptions { Rank = 2 }, 1);
    }

    [Fact]
    public void Reference_TrainedAdapter_IsTheModelAlone()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        var before = Hidden(model).detach();
        using var adapter = Noisy(model, new LoraOptions());
        Assert.True(before.equal(Hidden(adapter.Reference)).all().item<bool>());
        Assert.True(Hidden(model).equal(Hidden(adapter)).all().item<bool>());
        Assert.False(before.allclose(Hidden(adapter), 0, 1e-3));
    }

    [Fact]
    public void Hidden_Gradients_AgreeWithFiniteDifferencesAndReachTheAdapterOnly()
    {
        using var scope = NewDisposeScope();
        using var model = Model(ModelFamily.Qwen3);
        model.to(ScalarType.Float64);
        using var adapter = Noisy(model, new LoraOptions { Rank = 2 });
        var direction = randn(1, Ids.Length, model.Config.HiddenSize, dtype: ScalarType.Float64);
        Tensor Loss() => (Hidden(adapter) * direction).sum();
        TestModels.AssertGradients(adapter, Loss);
        Assert.All(adapter.parameters(), p => Assert.NotNull(p.grad));
        Assert.All(model.parameters(), p => Assert.True(p.grad is null));
    }

    [Fact]
    public void Step_OptimizerOfTheAdapter_LearnsAndLeavesTheModelAsItWas()
    {
        using var model = Model(ModelFamily.Qwen3);
        using var adapter = LoraAdapter.Attach(model, new LoraOptions(), 1);
        using var optimizer = new AdamW(adapter, new AdamWOptions());
        byte[][] before = [.. model.parameters().Select(p => p.bytes.ToArray())];
        float Step()
        {
            using var scope = NewDisposeScope();
            var loss = new ScoredRows([new([3, 1, 4], [5, 9, 2])], CPU).Score(adapter, 1).LogProbs.sum().neg();
            loss.backward();
            optimizer.Step(0.01);
            return loss.item<float>();
        }
        var first = Step();
        for (var i = 0; i < 30; i++) Step();
        Assert.True(Step() < first / 2);
        Assert.All(model.parameters().Zip(before), pair => Assert.True(pair.First.bytes.SequenceEqual(pair.Second)));
    }

    [Fact]
    public void Merge_Weights_GiveWhatTheAdapterGave()
    {
        using var scope = NewDisposeScope();
        using var model = Model(ModelFamily.Qwen2);
        using var adapter = Noisy(model, new LoraOptions());
        var adapted = Hidden(adapter).detach();
        adapter.Merge();
        Assert.True(adapted.allclose(Hidden(model), 0, 1e-4));
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
        Assert.Throws<InvalidOperationException>(adapter.Merge);
    }

    [Fact]
    public void FromPretrained_WhatWasSaved_IsEqual()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        LoraOptions options = new() { Rank = 3, Alpha = 7, Dropout = 0.25, TargetModules = ["k_proj", "up_proj"] };
        Tensor adapted;
        using (var adapter = Noisy(model, options))
        {
            adapter.SavePretrained(directory);
            using var noGrad = no_grad();
            adapted = Hidden(adapter);
        }
        using var again = LoraAdapter.FromPretrained(model, directory);
        Assert.Equal(options with { TargetModules = [] }, again.Options with { TargetModules = [] });
        Assert.Equal(options.TargetModules, again.Options.TargetModules);
        using var quiet = no_grad();
        Assert.True(adapted.equal(Hidden(again)).all().item<bool>());
    }

    [Fact]
    public void Hidden_Dropout_ActsOnlyWhereGradientsAreRecorded()
    {
        using var scope = NewDisposeScope();
        using var model = Model();
        using var adapter = Noisy(model, new LoraOptions { Dropout = 0.5 });
        Assert.False(Hidden(adapter).allclose(Hidden(adapter), 0, 1e-4));
        using var noGrad = no_grad();
        Assert.True(Hidden(adapter).equal(Hidden(adapter)).all().item<bool>());
    }

    [Fact]
    public void Score_SharedPrompts_EqualsEachRowByItself()
    {
        using var scope = NewDisposeScope();
        using var model = Model(ModelFamily.Mistral);
        using var adapter = Noisy(model, new LoraOptions());
        TokenSequence[] rows = [new([3, 1, 4], [5, 9]), new([2], [6, 5, 3]), new([3, 1, 4], [8])];
        var together = new ScoredRows(rows, CPU).Score(adapter, 1).LogProbs;
        for (var i = 0; i < rows.Length; i++)
        {
            var alone = new ScoredRows([rows[i]], CPU).Score(adapter, 1).LogProbs;
            Assert.True(alone[0].allclose(together[i, TensorIndex.Slice(0, rows[i].Tokens.Length)], 0, 1e-4), $"row {i}");
        }
    }

    [Fact]
    public async Task GenerateAsync_AdaptedModel_DrawsFromWhatIsTrained()
    {
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Qwen2, 0) with { MaxPositions = 64 });
        using var adapter = Noisy(model, new LoraOptions());
        using var thread = new TorchThread();
        var engine = new SamplingEngine(model, LetterTask.Tokenizer, thread);
        var groups = await engine.GenerateAsync([Prompt.FromText("p", "bcde")], new SamplingOptions { GroupSize = 4, MaxNewTokens = 12 }, default).ToListAsync();
        using var scope = NewDisposeScope();
        TokenSequence[] rows = [.. groups[0].Rollouts.Select(rollout => new TokenSequence(rollout.PromptTokens, rollout.CompletionTokens))];
        var trained = new ScoredRows(rows, CPU).Score(adapter, 1).LogProbs.detach();
        for (var i = 0; i < rows.Length; i++)
        {
            var rollout = groups[0].Rollouts[i];
            for (var t = 0; t < rollout.LogProbs.Length; t++) Assert.Equal(trained[i, rollout.PromptTokens.Length + t].item<float>(), rollout.LogProbs[t], 1e-4);
        }
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("bias", "\"all\"")]
    [InlineData("use_dora", "true")]
    [InlineData("use_rslora", "true")]
    [InlineData("rank_pattern", """{"q_proj":4}""")]
    [InlineData("layers_to_transform", "[0]")]
    [InlineData("modules_to_save", """["lm_head"]""")]
    [InlineData("target_modules", "\"all-linear\"")]
    [InlineData("target_modules", """["embed_tokens"]""")]
    [InlineData("r", "0")]
    [InlineData("r", "4")]
    [InlineData("r", "2000000000")]
    [InlineData("lora_alpha", "null")]
    [InlineData("lora_dropout", "1")]
    public void FromPretrained_UnsupportedField_IsRefusedByName(string field, string value)
    {
        using var model = Model();
        using (var adapter = LoraAdapter.Attach(model, new LoraOptions(), 1)) adapter.SavePretrained(directory);
        var path = Path.Combine(directory, "adapter_config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        json[field] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());
        var error = Assert.Throws<InvalidDataException>(() => LoraAdapter.FromPretrained(model, directory));
        Assert.Contains(field == "r" && value != "0" ? "lora_A" : field, error.Message, StringComparison.Ordinal);
        Assert.All(model.parameters(), p => Assert.True(p.requires_grad));
    }

    [Fact]
    public void Attach_BadOptions_AreRefusedByName()
    {
        using var model = Model();
        foreach (var (options, name) in new (LoraOptions, string)[]
        {
            (new() { Rank = 0 }, "r is"), (new() { Alpha = double.NaN }, "lora_alpha"), (new() { Dropout = 1 }, "lora_dropout"),
            (new() { TargetModules = [] }, "target_modules"), (new() { TargetModules = ["q_proj", "q_proj"] }, "target_modules"), (new() { TargetModules = ["lm_head"] }, "lm_head"),
        })
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => LoraAdapter.Attach(model, options, 1)).Message, StringComparison.Ordinal);
    }
}
