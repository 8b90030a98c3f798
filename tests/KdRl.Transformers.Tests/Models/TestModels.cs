using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

/// <summary>Small models of every family over all options, and what the tests ask of them.</summary>
internal static class TestModels
{
    public const int Vocabulary = 11;

    /// <summary>A small random configuration of a family; over a few seeds every option occurs.</summary>
    public static TransformerConfig Random(ModelFamily family, int seed)
    {
        var random = new Random(100 * (int)family + seed);
        bool Coin() => random.Next(2) == 0;
        var keyHeads = random.Next(1, 3);
        var heads = keyHeads * random.Next(1, 4);
        var headDim = 2 * random.Next(2, 6);
        var layers = random.Next(1, 4);
        int? window = family is not (ModelFamily.Llama or ModelFamily.Pangu) && random.Next(3) > 0 ? random.Next(1, 7) : null;
        var positions = random.Next(16, 40);
        return new TransformerConfig
        {
            Family = family,
            // Sometimes heads × head_dim, more often another width.
            HiddenSize = Coin() ? heads * headDim : 2 * random.Next(4, 17),
            HeadSize = headDim,
            IntermediateSize = random.Next(5, 40),
            Layers = layers,
            AttentionHeads = heads,
            KeyValueHeads = keyHeads,
            VocabularySize = Vocabulary,
            MaxPositions = positions,
            RmsNormEpsilon = Coin() ? 1e-6 : 1e-3,
            RopeTheta = Coin() ? 10000 : random.Next(2, 300),
            RopeScaling = Scaling(random, seed, positions),
            SlidingWindow = window,
            SlidingLayers = window is not null && family is ModelFamily.Qwen2 or ModelFamily.Qwen3 && Coin()
                ? [.. Enumerable.Range(0, layers).Select(_ => Coin())] : null,
            TieWordEmbeddings = Coin(),
            AttentionBias = family is ModelFamily.Llama or ModelFamily.Qwen3 or ModelFamily.Pangu && Coin(),
            MlpBias = family is ModelFamily.Llama && Coin(),
            SandwichNorm = family is ModelFamily.Pangu && Coin(),
            Experts = family is ModelFamily.Pangu && random.Next(3) > 0 ? Mixture(random) : null,
            InitializerRange = 0.2,
        };
    }

    private static ExpertConfig Mixture(Random random)
    {
        var (groups, perGroup) = (random.Next(1, 4), random.Next(1, 3));
        return new ExpertConfig
        {
            Count = groups * random.Next(2, 5),
            PerToken = groups * perGroup,
            Groups = groups > 1 && perGroup == 1 ? null : groups,
            SharedIntermediateSize = random.Next(2) * random.Next(1, 20),
            NormalizesGates = random.Next(3) == 0,
            BalanceCoefficient = random.Next(2) * 0.01,
        };
    }

    private static RopeScaling? Scaling(Random random, int seed, int positions) => (seed % 6) switch
    {
        0 => null,
        1 => new LinearRopeScaling { Factor = 1 + 3 * random.NextDouble() },
        2 => new DynamicRopeScaling { Factor = 4 },
        3 => new Llama3RopeScaling { Factor = 8, LowFrequencyFactor = 0.5, HighFrequencyFactor = 1 + 2 * random.NextDouble(), OriginalMaxPositions = positions / 2 },
        4 => new YarnRopeScaling { Factor = 1 + 3 * random.NextDouble(), OriginalMaxPositions = positions, BetaFast = 4, BetaSlow = 0.5, Truncate = random.Next(2) == 0 },
        _ => new YarnRopeScaling { Factor = 4, BetaFast = 3, BetaSlow = 0.3, MScale = 0.7, MScaleAllDim = 1.2, AttentionFactor = random.Next(2) == 0 ? 1.3 : null },
    };

    /// <summary>Weights that are all different from what initialisation leaves at 0 or 1.</summary>
    public static CausalLM Noisy(TransformerConfig config)
    {
        var model = CausalLM.Create(config, 5);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(9);
        foreach (var p in model.parameters()) p.add_(randn(p.shape, generator: generator).mul(0.2), 1);
        return model;
    }

    public static Tensor Positions(long rows, long length) => arange(length, dtype: ScalarType.Int64).unsqueeze(0).expand(rows, length);

    /// <summary>The model's logits of one sequence against plain loops over doubles.</summary>
    public static void AgreesWithPlainLoops(CausalLM model, int[] ids)
    {
        using var scope = NewDisposeScope();
        var weights = model.Weights().ToDictionary(part => part.Name, part => (part.Shape, part.Export().contiguous().data<float>().ToArray()));
        var expected = new ReferenceTransformer(model.Config, weights).Logits(ids);
        var hidden = model.Hidden(tensor(Array.ConvertAll(ids, i => (long)i)).unsqueeze(0), Positions(1, ids.Length), null)[0];
        var actual = nn.functional.linear(hidden, model.OutputWeight).detach();
        for (var t = 0; t < ids.Length; t++)
        {
            var row = actual[t].data<float>();
            for (var v = 0; v < model.Config.VocabularySize; v++) Assert.Equal(expected[t][v], row[v], 1e-4);
        }
    }

    /// <summary>The gradient of each parameter, along a random direction, against central differences in 64 bits.</summary>
    public static void GradientsAgreeWithDifferences(CausalLM model)
    {
        using var scope = NewDisposeScope();
        model.to(ScalarType.Float64);
        manual_seed(3);
        var (ids, positions) = (randint(0, Vocabulary, [2, 8], dtype: ScalarType.Int64), Positions(2, 8));
        var direction = randn(2, 8, Vocabulary, dtype: ScalarType.Float64);
        Tensor Loss() => (nn.functional.linear(model.Hidden(ids, positions, null), model.OutputWeight) * direction).sum();
        AssertGradients(model, Loss);
    }

    /// <summary>Compares the gradients of a module's parameters with central differences along a random direction each.</summary>
    public static void AssertGradients(nn.Module module, Func<Tensor> loss)
    {
        loss().backward();
        foreach (var (name, parameter) in module.named_parameters())
        {
            var step = randn(parameter.shape, dtype: ScalarType.Float64);
            // An expert to which no token goes has no gradient.
            var expected = parameter.grad is { } gradient ? (gradient.to(ScalarType.Float64) * step).sum().item<double>() : 0;
            double Shifted(double by)
            {
                using var noGrad = no_grad();
                parameter.add_(step, by);
                var value = loss().item<double>();
                parameter.add_(step, -by);
                return value;
            }
            var measured = (Shifted(1e-5) - Shifted(-1e-5)) / 2e-5;
            Assert.True(Math.Abs(measured - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{name}: {expected} by autograd, {measured} by differences");
        }
    }
}
