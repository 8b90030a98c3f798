using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers.Models;
using KdRl.Transformers.Tests.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

/// <summary>Weights in another layout are the same weights.</summary>
[Collection("torch")]
public class PackedWeightsTests
{
    // Matrices that are large enough to be laid out anew.
    private static readonly TransformerConfig Config = new()
    {
        HiddenSize = 384, IntermediateSize = 704, Layers = 2, AttentionHeads = 6, KeyValueHeads = 3, VocabularySize = 5003, AttentionBias = true, MaxPositions = 64,
    };

    private static readonly Prompt[] Prompts = [Prompt.FromText("a", "abc"), Prompt.FromText("b", "fedcba")];

    [Theory]
    [InlineData(ScalarType.Float32, 1e-4)]
    [InlineData(ScalarType.BFloat16, 2e-2)] // Eight bits of mantissa.
    public void Apply_PackedWeight_EqualsThePlainProduct(ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (x, weight, bias) = (randn(5, 1, 640).to(type), randn(512, 640).mul(0.04).to(type), randn(512).to(type));
        Assert.Null(PackedLinear.Pack(weight.narrow(0, 0, 100), 5));
        if (PackedLinear.Pack(weight, 5) is not { } packed) return; // Not on this processor: decoding takes plain products.
        foreach (var b in new[] { null, bias })
        {
            var (expected, found) = (nn.functional.linear(x, weight, b).to(ScalarType.Float32), PackedLinear.Apply(x, packed, b));
            Assert.Equal([5, 1, 512], found.shape);
            Assert.True(expected.allclose(found.to(ScalarType.Float32), tolerance, tolerance));
        }
    }

    [Fact]
    public async Task GenerateAsync_LargeMatrices_LogProbsAreThoseOfTheTrainingPathAndFollowTheWeights()
    {
        using var model = TestModels.Noisy(Config with { InitializerRange = 0.01 });
        using (no_grad())
            foreach (var p in model.parameters()) p.mul_(0.2);
        using var thread = new TorchThread();
        var engine = new SamplingEngine(model, Tokenizer.FromCharacters("abcdef"), thread);
        var options = new SamplingOptions { GroupSize = 2, MaxNewTokens = 40, StopTokens = [] };
        await Agrees();
        var before = Tensor.TotalCount;
        using (no_grad())
            foreach (var p in model.parameters()) p.mul_(1.1);
        await Agrees();
        Assert.Equal(before, Tensor.TotalCount);

        async Task Agrees()
        {
            var groups = await engine.GenerateAsync(Prompts, options, default).ToListAsync();
            using var scope = NewDisposeScope();
            foreach (var rollout in groups.SelectMany(group => group.Rollouts))
            {
                var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
                var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
                var trained = SequenceScorer.Score(model, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0)).LogProbs.detach().data<float>().ToArray();
                for (var t = 0; t < rollout.LogProbs.Length; t++) Assert.Equal(trained[t + rollout.PromptTokens.Length], rollout.LogProbs[t], 1e-4);
            }
        }
    }

    [Fact]
    public void Linear_OnlyInsideUse_ReadsTheCopies()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = CausalLM.Create(Config, 1);
        using var packed = new PackedWeights(model, 4);
        var x = randn(3, Config.HiddenSize);
        var before = model.Logits(x);
        // The copies keep what the weights were.
        model.OutputWeight.mul_(2);
        var inside = model.Logits(x);
        var other = 0f;
        LinearProducts.Use(packed, () =>
        {
            inside = model.Logits(x);
            using var thread = new TorchThread();
            other = thread.RunAsync(() => { using var off = no_grad(); return model.Logits(x).sub(before.mul(2)).abs().max().item<float>(); }).Result;
        });
        Assert.True(before.allclose(inside, 1e-4, 1e-4) || PackedLinear.Pack(model.OutputWeight, 4) is null);
        Assert.Equal(0, other);
        Assert.Throws<InvalidOperationException>(() => LinearProducts.Use(packed, () => throw new InvalidOperationException()));
        Assert.Equal(0, model.Logits(x).sub(before.mul(2)).abs().max().item<float>());
    }
}
