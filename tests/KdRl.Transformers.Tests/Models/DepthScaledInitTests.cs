using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

[Collection("torch")]
public class DepthScaledInitTests
{
    /// <summary>Layers, width, gains behind attention and feed-forward block, deviation of the weights: printed by the paper or its configuration.</summary>
    [Theory]
    [InlineData(94, 12288, 0.029189, 0.044557, 6.579312e-4)]
    [InlineData(10, 256, 0.089492, 0.136610, 1.397542e-2)]
    [InlineData(2, 64, 0.200111, 0.305470, 6.250000e-2)]
    public void For_KnownSizes_GivesThePublishedNumbers(int layers, int hidden, double gammaAttn, double gammaMlp, double weightStd)
    {
        var start = DepthScaledInit.For(layers, hidden);
        Assert.Equal(gammaAttn, start.GammaAttn, 5e-7);
        Assert.Equal(gammaMlp, start.GammaMlp, 5e-7);
        Assert.Equal(weightStd, start.WeightStd, 5e-7 * weightStd);
        Assert.Equal(0.5, start.EmbedStd);
        // What all sublayers together add to the variance of the residual stream, whatever the depth.
        Assert.Equal(0.266713, layers * (start.GammaAttn * start.GammaAttn + start.GammaMlp * start.GammaMlp), 1e-6);
        // Between the two initialisations it is compared with, √(2/5d) and 1/√(5dL).
        Assert.InRange(start.WeightStd, 1 / Math.Sqrt(5.0 * hidden * layers), Math.Sqrt(2.0 / (5 * hidden)));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(-1, 8)]
    [InlineData(4, 0)]
    public void For_NoLayersOrWidth_IsRefused(int layers, int hidden) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DepthScaledInit.For(layers, hidden));

    [Fact]
    public void Create_SandwichModel_StartsAsTheFormulaSays()
    {
        using var scope = NewDisposeScope();
        var config = Config(layers: 6, hidden: 128);
        using var model = CausalLM.Create(config, 3);
        var start = DepthScaledInit.For(6, 128);
        foreach (var part in model.Weights())
        {
            var values = part.Export();
            if (part.Name.EndsWith("post_attention_layernorm.weight", StringComparison.Ordinal)) Same(start.GammaAttn);
            else if (part.Name.EndsWith("post_mlp_layernorm.weight", StringComparison.Ordinal)) Same(start.GammaMlp);
            else if (part.Name.EndsWith("norm.weight", StringComparison.Ordinal)) Same(1);
            else Assert.Equal(part.Name.Contains("embed", StringComparison.Ordinal) ? start.EmbedStd : start.WeightStd, values.std().item<float>(), 0.02 * values.std().item<float>());
            void Same(double gain) => Assert.True(values.sub((float)gain).abs().max().item<float>() < 1e-7, part.Name);
        }
        using var plain = CausalLM.Create(config with { InitializerRange = 0.1 }, 3);
        Assert.All(plain.parameters().Where(p => p.dim() == 2), p => Assert.Equal(0.1, p.std().item<float>(), 0.005));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    public void Create_SandwichModel_ResidualVarianceDoesNotGrowWithDepth(int layers)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var generator = new Generator(1);
        const int models = 8;
        var (first, last) = (0.0, 0.0);
        for (var seed = 0; seed < models; seed++)
        {
            // Small weights make small outputs: beside their mean square ε must be small, or the norm does not reach its gain.
            using var model = CausalLM.Create(Config(layers, hidden: 128) with { RmsNormEpsilon = 1e-12 }, seed);
            List<double> squares = [];
            model.Observer = (x, _) => squares.Add(x.pow(2).mean().item<float>());
            model.Hidden(randint(0, 300, [1, 24], dtype: ScalarType.Int64, generator: generator), TestModels.Positions(1, 24), null);
            Assert.Equal(layers + 1, squares.Count);
            first += squares[0] / models;
            last += squares[^1] / models;
        }
        // A sublayer's output is correlated with the stream by chance, by some 0.03 in one model.
        Assert.Equal(0.25, first, 0.01);
        Assert.Equal(0.266713, last - first, 0.025);
    }

    [Fact]
    public void Hidden_CheckedActivations_AreReportedWithTheirLayer()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(Config(layers: 3, hidden: 8), 3);
        var (ids, positions) = (zeros(1, 2, dtype: ScalarType.Int64), TestModels.Positions(1, 2));
        model.ChecksActivations = true;
        model.Hidden(ids, positions, null);
        using (no_grad()) model.get_parameter("layers.1.post_mlp_layernorm.weight")!.fill_(float.NaN);
        Assert.Contains("layer 1", Assert.Throws<InvalidOperationException>(() => model.Hidden(ids, positions, null)).Message, StringComparison.Ordinal);
        model.ChecksActivations = false;
        model.Hidden(ids, positions, null);
    }

    private static TransformerConfig Config(int layers, int hidden) => new()
    {
        Family = ModelFamily.Pangu, SandwichNorm = true, HiddenSize = hidden, IntermediateSize = 2 * hidden, Layers = layers, AttentionHeads = 4, VocabularySize = 300,
    };
}
