using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers.Generation.Cpu;
using KdRl.Transformers.Tests.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

/// <summary>Rollouts of bfloat16 models, where a difference of rounding would soon change a token.</summary>
[Collection("torch")]
public class BFloat16SamplingTests
{
    private static readonly TransformerConfig Config = new()
    {
        HiddenSize = 96, IntermediateSize = 160, Layers = 3, AttentionHeads = 6, KeyValueHeads = 3, VocabularySize = 1203, AttentionBias = true,
        InitializerRange = 0.2, DataType = ScalarType.BFloat16,
    };

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void GenerateAsync_AnyCompany_GivesTheSameRollouts(bool sandwich)
    {
        Skip.IfNot(DotProducts.AreAvailable, "Products of this machine depend on the number of rows.");
        using var model = TestModels.Noisy(sandwich ? Config with { Family = ModelFamily.Pangu, AttentionBias = false } : Config);
        using var thread = new TorchThread();
        Prompt[] prompts = [.. Enumerable.Range(0, 9).Select(i => Prompt.FromText($"{i}", new string((char)('a' + i % 5), 1 + 2 * i)))];
        var options = new SamplingOptions { GroupSize = 3, MaxNewTokens = 40, StopTokens = [7, 8], Temperature = 1.3 };
        var alone = Draw(1);
        Assert.True(alone.Distinct().Count() > 20);
        foreach (var rows in new[] { 2, 5, 27 }) Assert.Equal(alone, Draw(rows));

        string[] Draw(int rows) => [.. new SamplingEngine(model, Tokenizer.FromCharacters("abcde"), thread, maxRows: rows).GenerateAsync(prompts, options, default)
            .ToBlockingEnumerable().SelectMany(group => group.Rollouts).Select(rollout => string.Join(' ', rollout.CompletionTokens.Zip(rollout.LogProbs)))];
    }
}
