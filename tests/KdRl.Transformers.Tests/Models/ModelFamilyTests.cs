using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class ModelFamilyTests
{
    private const int Configurations = 24;

    public static TheoryData<ModelFamily> Families() => [.. Enum.GetValues<ModelFamily>()];

    [Theory]
    [MemberData(nameof(Families))]
    public void Hidden_RandomConfigurations_AgreesWithPlainLoops(ModelFamily family)
    {
        for (var seed = 0; seed < Configurations; seed++)
        {
            using var model = TestModels.Noisy(TestModels.Random(family, seed));
            TestModels.AgreesWithPlainLoops(model, [3, 1, 4, 1, 5, 9, 2, 6, 10, 0, 7, 7, 8, 2]);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Random_OverTheSeeds_ReachesEveryOption(ModelFamily family)
    {
        var configs = Enumerable.Range(0, Configurations).Select(seed => TestModels.Random(family, seed)).ToList();
        Assert.All(configs, config => Assert.Null(config.Problem()));
        Assert.Equal(5, configs.Select(config => config.RopeScaling?.GetType()).Distinct().Count());
        Assert.Equal(2, configs.Select(config => config.TieWordEmbeddings).Distinct().Count());
        Assert.Contains(configs, config => config.HiddenSize != config.AttentionHeads * config.HeadDim);
        Assert.Contains(configs, config => config.KvHeads > 1 && config.KvHeads < config.AttentionHeads);
        if (family is ModelFamily.Llama or ModelFamily.Qwen3 or ModelFamily.Pangu) Assert.Equal(2, configs.Select(config => config.AttentionBias).Distinct().Count());
        if (family is ModelFamily.Llama) Assert.Equal(2, configs.Select(config => config.MlpBias).Distinct().Count());
        if (family is ModelFamily.Pangu)
        {
            // Sandwich or not; dense, plain top-k and grouped.
            Assert.Equal(2, configs.Select(config => config.SandwichNorm).Distinct().Count());
            Assert.Equal(3, configs.Select(config => Math.Min(2, config.Experts?.GroupCount ?? 0)).Distinct().Count());
            Assert.Equal(3, configs.Select(config => config.Experts?.NormalizesGates).Distinct().Count());
            Assert.Equal(3, configs.Select(config => config.Experts?.SharedIntermediateSize > 0 ? 2 : config.Experts is null ? 0 : 1).Distinct().Count());
        }
        if (family is ModelFamily.Mistral or ModelFamily.Qwen2 or ModelFamily.Qwen3) Assert.Contains(configs, config => config.SlidingWindow is not null && config.SlidingLayers is null);
        if (family is ModelFamily.Qwen2 or ModelFamily.Qwen3) Assert.Contains(configs, config => config.SlidingLayers?.Distinct().Count() == 2);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Hidden_Gradients_AgreeWithFiniteDifferences(ModelFamily family)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            using var model = TestModels.Noisy(TestModels.Random(family, seed));
            TestModels.GradientsAgreeWithDifferences(model);
        }
    }

    [Fact]
    public void Hidden_SlidingWindow_SeesNothingBeyondIt()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Mistral, 0) with { Layers = 1, SlidingWindow = 3 });
        Tensor Last(params long[] ids) => model.Hidden(tensor(ids).unsqueeze(0), TestModels.Positions(1, ids.Length), null)[0][^1];
        var one = Last(1, 2, 3, 4, 5);
        Assert.True(one.allclose(Last(9, 8, 3, 4, 5), 0, 1e-6));
        Assert.False(one.allclose(Last(1, 2, 7, 4, 5), 0, 1e-3));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Hidden_LeftPadding_ChangesNothing(ModelFamily family)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            using var scope = NewDisposeScope();
            using var model = TestModels.Noisy(TestModels.Random(family, seed));
            var ids = tensor(new long[] { 3, 1, 4, 1, 5, 9, 2 }).unsqueeze(0);
            var plain = model.Hidden(ids, TestModels.Positions(1, 7), null);
            var padded = model.Hidden(nn.functional.pad(ids, [3, 0], value: 7), nn.functional.pad(TestModels.Positions(1, 7), [3, 0]),
                nn.functional.pad(ones(1, 7, dtype: ScalarType.Bool), [3, 0]));
            Assert.True((plain - padded.narrow(1, 3, 7)).abs().max().item<float>() < 1e-5, $"seed {seed}");
            Assert.True(padded.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Hidden_DynamicScalingBeyondTheContext_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Noisy(TestModels.Random(ModelFamily.Llama, 0) with { MaxPositions = 8, RopeScaling = new DynamicRopeScaling { Factor = 2 } });
        model.Hidden(ones(1, 8, dtype: ScalarType.Int64), TestModels.Positions(1, 8), null);
        var error = Assert.Throws<ArgumentException>(() => model.Hidden(ones(1, 9, dtype: ScalarType.Int64), TestModels.Positions(1, 9), null));
        Assert.Equal("positions", error.ParamName);
    }

    public static TheoryData<TransformerConfig, string> Contradictions()
    {
        var (llama, mistral, qwen) = (TestModels.Random(ModelFamily.Llama, 0), TestModels.Random(ModelFamily.Mistral, 0), TestModels.Random(ModelFamily.Qwen3, 0));
        var (pangu, experts) = (TestModels.Random(ModelFamily.Pangu, 0), new ExpertConfig { Count = 8, PerToken = 4 });
        Llama3RopeScaling llama3 = new() { Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 8 };
        return new()
        {
            { llama with { SlidingWindow = 4 }, "sliding_window" },
            { mistral with { SlidingWindow = 0 }, "sliding_window" },
            { mistral with { SlidingWindow = 4, SlidingLayers = [true, false] }, "layer_types" },
            { qwen with { SlidingWindow = 4, Layers = 3, SlidingLayers = [true, false] }, "layer_types" },
            { qwen with { SlidingWindow = null, Layers = 1, SlidingLayers = [true] }, "layer_types" },
            { pangu with { SlidingWindow = 4 }, "sliding_window" },
            { llama with { SandwichNorm = true }, "sandwich_norm" },
            { llama with { Experts = experts }, "num_experts" },
            { pangu with { Experts = experts with { Count = 0 } }, "num_experts" },
            { pangu with { Experts = experts with { PerToken = 9 } }, "num_experts_per_tok" },
            { pangu with { Experts = experts with { Groups = 3 } }, "num_expert_groups" },
            { pangu with { Experts = experts with { SharedIntermediateSize = -1 } }, "shared_expert_intermediate_size" },
            { pangu with { Experts = experts with { BalanceCoefficient = double.NaN } }, "router_aux_loss_coef" },
            { mistral with { AttentionBias = true }, "attention_bias" },
            { qwen with { MlpBias = true }, "mlp_bias" },
            { llama with { Family = (ModelFamily)9 }, "model_type" },
            { llama with { RopeScaling = new LinearRopeScaling { Factor = 0.5 } }, "factor" },
            { llama with { RopeScaling = llama3 with { HighFrequencyFactor = 1 } }, "high_freq_factor" },
            { llama with { RopeScaling = llama3 with { LowFrequencyFactor = double.NaN } }, "low_freq_factor" },
            { llama with { RopeScaling = llama3 with { OriginalMaxPositions = 0 } }, "original_max_position_embeddings" },
            { llama with { RopeScaling = new YarnRopeScaling { Factor = 2, BetaSlow = 40 } }, "beta_slow" },
            { llama with { RopeScaling = new YarnRopeScaling { Factor = 2, AttentionFactor = -1 } }, "attention_factor" },
            { llama with { RopeTheta = 1, RopeScaling = new YarnRopeScaling { Factor = 2 } }, "rope_theta" },
        };
    }

    [Theory]
    [MemberData(nameof(Contradictions), DisableDiscoveryEnumeration = true)]
    public void Create_ContradictingConfiguration_IsRefusedByName(TransformerConfig config, string name) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => CausalLM.Create(config, 1)).Message, StringComparison.Ordinal);
}
