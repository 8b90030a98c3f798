using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Models;

/// <summary>Prompts that are read once give what prompts in every row give, in value and gradient.</summary>
[Collection("torch")]
public class SharedPromptTests
{
    public static TheoryData<string, int[][], int[][]> Batches() => new()
    {
        { "prompts of one length", [[3, 1, 4], [2, 7, 1]], [[0, 5, 9, 2], [0, 2, 6], [1, 5], [1, 8, 9, 7], [0, 3]] },
        { "padded prompts", [[3], [2, 7, 1, 8, 2], [4, 4]], [[0, 5, 9], [2, 1], [1, 5, 3, 3], [0, 5, 9], [1, 2]] },
        { "single tokens", [[3, 1], [2, 7, 1]], [[0, 5], [1, 4], [0, 6], [1, 4]] },
    };

    /// <param name="name">What it shows.</param>
    /// <param name="prompts">Distinct prompts.</param>
    /// <param name="completions">Number of the prompt, then the completion's tokens.</param>
    [Theory]
    [MemberData(nameof(Batches))]
    public void Score_SharedPrompts_EqualsEachRowByItself(string name, int[][] prompts, int[][] completions)
    {
        Assert.NotEmpty(name);
        TransformerConfig llama = new() { HiddenSize = 32, IntermediateSize = 48, Layers = 3, AttentionHeads = 4, VocabularySize = 11, InitializerRange = 0.3 };
        TransformerConfig[] configs =
        [
            .. new[] { 1, 2, 4 }.Select(keyHeads => llama with { KeyValueHeads = keyHeads }),
            llama with { RopeScaling = new YarnRopeScaling { Factor = 4, OriginalMaxPositions = 8 } },
            // Windows within a completion, across its start, and within the prompt's padding.
            .. new[] { 1, 2, 3, 6 }.Select(window => llama with { Family = ModelFamily.Mistral, SlidingWindow = window }),
            llama with { Family = ModelFamily.Qwen2, SlidingWindow = 3, SlidingLayers = [false, true, false] },
            llama with { Family = ModelFamily.Qwen3, HeadSize = 6, KeyValueHeads = 2, SlidingWindow = 2, SlidingLayers = [true, false, true] },
            llama with { Family = ModelFamily.Pangu, AttentionBias = true, SandwichNorm = true },
            llama with { Family = ModelFamily.Pangu, IntermediateSize = 8, SandwichNorm = true, Experts = new ExpertConfig { Count = 8, PerToken = 4, Groups = 2, SharedIntermediateSize = 12 } },
        ];
        foreach (var config in configs)
        {
            using var scope = NewDisposeScope();
            using var model = TestModels.Noisy(config);
            TokenSequence[] rows = [.. completions.Select(c => new TokenSequence(prompts[c[0]], c[1..]))];
            var alone = rows.Select(row => new ScoredRows([row], CPU).Score(model, 1.2).LogProbs).ToArray();
            var weights = rows.Select((_, i) => 1.0 + i).ToArray();
            var expected = Gradients(model, alone.Select((lp, i) => lp.sum() * weights[i]).Aggregate((a, b) => a + b));

            var together = new ScoredRows(rows, CPU).Score(model, 1.2).LogProbs;

            for (var i = 0; i < rows.Length; i++)
                Assert.True(alone[i][0].allclose(together[i, TensorIndex.Slice(0, rows[i].Tokens.Length)], 0, 1e-5), $"row {i}");
            var found = Gradients(model, (together.sum(1) * tensor(weights.Select(w => (float)w).ToArray())).sum());
            foreach (var (own, other) in expected.Zip(found)) Assert.True((own - other).abs().max().item<float>() < 2e-4 * (1 + own.abs().max().item<float>()));
        }
    }

    [Fact]
    public void Hidden_SharedPrompts_RunsEachDistinctPromptOnce()
    {
        using var scope = NewDisposeScope();
        using var model = CausalLM.Create(new TransformerConfig { HiddenSize = 8, IntermediateSize = 8, Layers = 1, AttentionHeads = 2, VocabularySize = 11 }, 5);
        var prompts = SharedPrompts.Of([[1, 2, 3], [4, 5]], [0, 1, 0], CPU);
        Assert.Equal([2, 3], prompts.Ids.shape);
        var hidden = model.Hidden(prompts, tensor(new long[,] { { 1, 2 }, { 3, 4 }, { 1, 5 } }));
        Assert.Equal([3, 2, 8], hidden.shape);
        Assert.Throws<ArgumentException>(() => { model.Hidden(prompts, zeros(2, 2, ScalarType.Int64)); });
        Assert.Throws<ArgumentException>(() => { model.Hidden(prompts, zeros(3, 2)); });
    }

    private static Tensor[] Gradients(CausalLM model, Tensor loss)
    {
        model.zero_grad();
        loss.backward();
        // An expert to which no token went has no gradient.
        return [.. model.parameters().Select(p => p.grad?.clone() ?? zeros_like(p))];
    }
}
