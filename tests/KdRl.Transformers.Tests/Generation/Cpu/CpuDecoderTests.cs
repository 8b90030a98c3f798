using KdRl.Transformers.Generation;
using KdRl.Transformers.Generation.Cpu;
using KdRl.Transformers.Models;
using KdRl.Transformers.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation.Cpu;

/// <summary>Steps on the processor give what the model's tensor code gives on a cache of the same content.</summary>
[Collection("torch")]
public class CpuDecoderTests
{
    public static TheoryData<ModelFamily, int> Cases()
    {
        var data = new TheoryData<ModelFamily, int>();
        foreach (var family in Enum.GetValues<ModelFamily>())
            for (var seed = 0; seed < 6; seed++) data.Add(family, seed);
        return data;
    }

    /// <summary>Any configuration of the family, of widths that are read by vectors.</summary>
    private static TransformerConfig Config(ModelFamily family, int seed)
    {
        var config = TestModels.Random(family, seed);
        return config with
        {
            HiddenSize = 16 * (1 + seed % 3), IntermediateSize = 16 * (1 + seed % 5), Experts = null, MaxPositions = 100,
            HeadSize = family == ModelFamily.Qwen3 ? 16 * (1 + seed % 3) : seed % 3 == 0 ? 32 : config.HeadSize,
            RopeScaling = config.RopeScaling is DynamicRopeScaling ? null : config.RopeScaling,
        };
    }

    private static CausalLM Model(TransformerConfig config, ScalarType type)
    {
        var model = TestModels.Noisy(config);
        model.to(type);
        return model;
    }

    private static ICpuDecoder Decoder(CausalLM model, int lanes, int rows = 4, bool inPlace = true) => model.OutputWeight.dtype == ScalarType.Float32
        ? new CpuDecoder<float, Float32Format>(model, rows, lanes, inPlace) : new CpuDecoder<ushort, BFloat16Format>(model, rows, lanes, inPlace);

    private static void Join(CausalLM model, Random random, int count, params KeyValueCache[] caches)
    {
        var drafts = Enumerable.Range(0, count)
            .Select(i => new DraftRollout(i, [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(TestModels.Vocabulary))], default, 50)).ToList();
        foreach (var cache in caches)
        {
            using var reader = new PromptReader(model, [.. drafts]);
            reader.Read(1000);
            reader.HandOver(count, cache, cache.Rows + count, Math.Max(cache.Longest, reader.Longest) + 20);
        }
    }

    /// <summary>Steps, a row that leaves, rows that join, more steps; hands on what both ways give.</summary>
    private static void Compare(CausalLM model, int seed, int lanes, Action<Tensor, Tensor, ICpuDecoder> look, bool inPlace = true)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var decoder = Decoder(model, lanes, inPlace: inPlace);
        var type = model.OutputWeight.dtype;
        using var mine = new KeyValueCache(model.Config, type, CPU);
        using var plain = new KeyValueCache(model.Config, type, CPU);
        var random = new Random(seed);
        Join(model, random, 3, mine, plain);
        Steps();
        foreach (var cache in new[] { mine, plain }) cache.Move([2], [0], 2);
        Steps();
        Join(model, random, 4, mine, plain);
        Steps();

        void Steps()
        {
            for (var i = 0; i < 4; i++)
            {
                int[] tokens = [.. Enumerable.Range(0, mine.Rows).Select(_ => random.Next(TestModels.Vocabulary))];
                var hidden = decoder.Hidden(tokens, mine);
                var expected = model.Run(tensor(tokens, [tokens.Length, 1], ScalarType.Int64), plain.Positions(), (int)plain.Longest, plain).squeeze(1);
                look(expected, hidden, decoder);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_Float32_EqualsTheTensorCode(ModelFamily family, int seed)
    {
        using var model = Model(Config(family, seed), ScalarType.Float32);
        Compare(model, seed, 1 + seed % 3, (expected, hidden, _) =>
        {
            Assert.True(hidden.sub(expected).abs().max().item<float>() < 1e-4f * (1 + expected.abs().max().item<float>()));
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_BFloat16_IsAsNearToTheExactOnesAsTheTensorCode(ModelFamily family, int seed)
    {
        using var model = Model(Config(family, seed), ScalarType.BFloat16);
        using var exact = Model(Config(family, seed), ScalarType.BFloat16);
        exact.to(ScalarType.Float32);
        List<Tensor> right = [];
        Compare(exact, seed, 1, (expected, _, _) => right.Add(expected.DetachFromDisposeScope()));
        foreach (var inPlace in new[] { false, true })
        {
            var (own, plain, step) = (0.0, 0.0, 0);
            Compare(model, seed, 1 + seed % 3, (expected, hidden, _) =>
            {
                Assert.Equal(ScalarType.BFloat16, hidden.dtype);
                own += Distance(hidden, right[step]);
                plain += Distance(expected, right[step++]);
            }, inPlace);
            // Errors of the same kind from another order of operations; both are sums over some hundred roundings.
            Assert.True(own < 1.5 * plain, $"squared distance {own}, of the tensor code {plain}, in place: {inPlace}");
        }
        foreach (var tensor in right) tensor.Dispose();

        static double Distance(Tensor found, Tensor exact) => found.to(ScalarType.Float32).sub(exact).square().sum().item<float>();
    }

    [Theory]
    [InlineData(1.0, 1)]
    [InlineData(0.7, 2)]
    [InlineData(1.8, 3)]
    public void Draw_SameUniformNumbers_TakesTheTokensOfTheSampler(double temperature, int lanes)
    {
        using var model = Model(Config(ModelFamily.Llama, lanes), ScalarType.Float32);
        using var sampler = new TokenSampler(new() { Temperature = temperature });
        using var greedy = new TokenSampler(new() { Temperature = 0 });
        var random = new Random(lanes);
        var different = new HashSet<int>();
        Compare(model, lanes, lanes, (expected, hidden, decoder) =>
        {
            double[] uniform = [.. Enumerable.Range(0, (int)hidden.shape[0]).Select(_ => random.NextDouble())];
            var logits = model.Logits(expected);
            Same(sampler.Draw(logits, uniform), decoder.Draw(hidden, temperature, uniform));
            Same(greedy.Draw(logits, null), decoder.Draw(hidden, 1, null));
            Assert.True(decoder.Logits(hidden).allclose(logits, 1e-4, 1e-4));
        });
        Assert.True(different.Count > 3);

        void Same((int Token, float LogProb)[] one, (int Token, float LogProb)[] other)
        {
            Assert.Equal(one.Select(draw => draw.Token), other.Select(draw => draw.Token));
            foreach (var (a, b) in one.Zip(other)) Assert.Equal(a.LogProb, b.LogProb, 1e-4);
            different.UnionWith(one.Select(draw => draw.Token));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Hidden_OneRow_EqualsThatOfMany(ModelFamily family, int seed)
    {
        using var model = Model(Config(family, seed) with { HiddenSize = 32 * (1 + seed % 2), IntermediateSize = 64, HeadSize = 32 }, ScalarType.Float32);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var one = Decoder(model, 1 + seed % 3, rows: 1);
        using var many = Decoder(model, 1);
        using var first = new KeyValueCache(model.Config, ScalarType.Float32, CPU);
        using var second = new KeyValueCache(model.Config, ScalarType.Float32, CPU);
        var random = new Random(seed);
        Join(model, random, 1, first, second);
        for (var i = 0; i < 6; i++)
        {
            int[] token = [random.Next(TestModels.Vocabulary)];
            var (found, expected) = (one.Hidden(token, first), many.Hidden(token, second));
            Assert.True(found.allclose(expected, 1e-4, 1e-5));
            Assert.True(one.Logits(found).allclose(many.Logits(expected), 1e-4, 1e-4));
        }
    }

    [Fact]
    public void For_WhatItCannotDo_IsLeftToTheTensorCode()
    {
        var config = Config(ModelFamily.Llama, 0);
        using var plain = CausalLM.Create(config, 1);
        using (var decoder = CpuDecoders.For(plain, 4, 50, 1000)) Assert.NotNull(decoder);
        Assert.Null(CpuDecoders.For(plain, 4, 50, 1L << 40));
        plain.ChecksActivations = true;
        Assert.Null(CpuDecoders.For(plain, 4, 50, 1000));
        using var odd = CausalLM.Create(config with { HiddenSize = 24 }, 1);
        Assert.Null(CpuDecoders.For(odd, 4, 50, 1000));
        using var half = CausalLM.Create(config with { DataType = ScalarType.Float16 }, 1);
        Assert.Null(CpuDecoders.For(half, 4, 50, 1000));
        using var experts = CausalLM.Create(config with { Family = ModelFamily.Pangu, AttentionBias = false, MlpBias = false, Experts = new() { Count = 4, PerToken = 2 } }, 1);
        Assert.Null(CpuDecoders.For(experts, 4, 50, 1000));
    }
}
