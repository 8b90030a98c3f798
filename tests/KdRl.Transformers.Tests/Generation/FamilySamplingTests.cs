using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers.Tests.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

/// <summary>What sampling on the key-value cache says of each token is what the training path says of it, in every family.</summary>
[Collection("torch")]
public class FamilySamplingTests
{
    private static readonly Prompt[] Prompts = [.. new[] { "a", "bcde", "hijabcdefghij", "bcde" }.Select((text, i) => Prompt.FromText($"p{i}", text))];

    public static TheoryData<TransformerConfig> Configs()
    {
        TheoryData<TransformerConfig> result = [];
        foreach (var family in Enum.GetValues<ModelFamily>())
            for (var seed = 0; seed < 6; seed++) result.Add(TestModels.Random(family, seed) with { MaxPositions = 120 });
        // Windows shorter than a prompt, as long as one, and reached only when the cache has grown.
        foreach (var window in new[] { 1, 4, 13, 80 }) result.Add(TestModels.Random(ModelFamily.Mistral, 1) with { MaxPositions = 120, Layers = 2, SlidingWindow = window });
        return result;
    }

    [Theory]
    [MemberData(nameof(Configs), DisableDiscoveryEnumeration = true)]
    public async Task GenerateAsync_LogProbs_AreThoseOfTheTrainingPath(TransformerConfig config)
    {
        using var model = TestModels.Noisy(config);
        using var thread = new TorchThread();
        // Few rows and small chunks: rows of every length side by side.
        var engine = new SamplingEngine(model, LetterTask.Tokenizer, thread, maxRows: 3, stepTokens: 7);
        var options = new SamplingOptions { GroupSize = 2, MaxNewTokens = 90, Seed = 3, StopTokens = [10] };
        var groups = await engine.GenerateAsync(Prompts, options, default).ToListAsync();
        using var scope = NewDisposeScope();
        var rollouts = groups.SelectMany(group => group.Rollouts).ToList();
        Assert.Equal(2 * Prompts.Length, rollouts.Count);
        foreach (var rollout in rollouts)
        {
            var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
            var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
            var trained = SequenceScorer.Score(model, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0)).LogProbs.detach().data<float>().ToArray();
            for (var t = 0; t < rollout.LogProbs.Length; t++) Assert.Equal(trained[t + rollout.PromptTokens.Length], rollout.LogProbs[t], 1e-4);
        }
    }
}
