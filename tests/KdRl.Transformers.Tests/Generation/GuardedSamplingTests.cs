using KdRl.Rollouts;
using KdRl.Tensors;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

/// <summary>What guards write stands in the completion, is marked, and is read by the model like everything else.</summary>
[Collection("torch")]
public sealed class GuardedSamplingTests : IDisposable
{
    private const string Alphabet = "abcdefghij;";
    private const int Stop = 10;
    private static readonly Prompt[] Prompts = [.. new[] { "a", "bcde", "fg", "hijabcdefghij" }.Select((text, i) => Prompt.FromText($"p{i}", text))];
    private readonly Tokenizer tokenizer = Tokenizer.FromCharacters(Alphabet, endToken: ";");
    private readonly CausalLM model = CausalLM.Create(new()
    {
        HiddenSize = 32, IntermediateSize = 48, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = Alphabet.Length,
        MaxPositions = 96, InitializerRange = 0.3, TieWordEmbeddings = true, EosTokenIds = [Stop],
    }, 3);
    private readonly TorchThread thread = new();

    public void Dispose()
    {
        thread.Dispose();
        model.Dispose();
    }

    private static SamplingOptions Options() => new()
    {
        GroupSize = 6, MaxNewTokens = 40, Seed = 4, StopTokens = [],
        RepetitionGuard = new() { NGram = 2, Window = 12, MinCount = 2, RepairText = "ab" },
        Thinking = new() { MaxTokens = 20, CloseTag = "j", EndText = "hj" },
    };

    private async Task<List<RolloutGroup>> Draw(SamplingOptions options, int maxRows = 256, Prompt[]? prompts = null) =>
        await new SamplingEngine(model, tokenizer, thread, maxRows).GenerateAsync(prompts ?? Prompts, options, default).ToListAsync();

    [Fact]
    public async Task GenerateAsync_Guards_DecideAsTheyDoOnTheFinishedCompletion()
    {
        var rollouts = (await Draw(Options())).SelectMany(g => g.Rollouts).ToArray();

        Assert.Contains(rollouts, r => r.Injected is not null);
        Assert.Contains(rollouts, r => r.CompletionTokens.Length < 40);
        foreach (var rollout in rollouts) Replay(rollout);
    }

    /// <summary>Shows the sampled tokens to new guards: they want just what was injected, where it was injected.</summary>
    private static void Replay(Rollout rollout)
    {
        var end = new ThinkingEnd([9], [7, 9]);
        var guard = new GenerationGuards(new RepetitionGuard(new() { NGram = 2, Window = 12, MinCount = 2 }, [0, 1], end), new ThinkingBudget(20, end));
        Queue<int> wanted = [];
        var ended = false;
        for (var t = 0; t < rollout.CompletionTokens.Length; t++)
        {
            Assert.False(ended);
            Assert.Equal(wanted.Count == 0, rollout.IsSampled(t));
            if (wanted.TryDequeue(out var expected))
            {
                Assert.Equal((expected, 0f), (rollout.CompletionTokens[t], rollout.LogProbs[t]));
                continue;
            }
            var action = guard.Observe(rollout.CompletionTokens[t]);
            foreach (var token in action.Tokens) wanted.Enqueue(token);
            if (action.Tokens.Count > 0) guard.Injected(action.Tokens);
            ended = action.Step == GuardStep.End;
        }

        Assert.Equal(FinishReason.Length, rollout.FinishReason);
        Assert.True(ended || rollout.CompletionTokens.Length == 40);
    }

    [Fact]
    public async Task GenerateAsync_GuardedInCompany_IsTheSameAsAlone()
    {
        var together = await Draw(Options());

        Assert.Equal(together.Select(Show), (await Draw(Options(), maxRows: 3)).Select(Show));
        for (var i = 0; i < Prompts.Length; i++) Assert.Equal(Show(together[i]), Show(Assert.Single(await Draw(Options(), prompts: [Prompts[i]]))));

        static string Show(RolloutGroup group) => string.Join("|", group.Rollouts.Select(r => r.Text));
    }

    [Fact]
    public async Task GenerateAsync_TokensBehindAnInjection_AreDrawnGivenIt()
    {
        using var scope = NewDisposeScope();
        foreach (var rollout in (await Draw(Options())).SelectMany(g => g.Rollouts))
        {
            var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
            var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
            var trained = SequenceScorer.Score(model, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0), 1).LogProbs.detach().data<float>().ToArray()[rollout.PromptTokens.Length..];
            for (var t = 0; t < trained.Length; t++)
                if (rollout.IsSampled(t)) Assert.Equal(trained[t], rollout.LogProbs[t], 1e-4);
        }
    }

    [Fact]
    public async Task GenerateAsync_WithoutGuards_MarksNothing()
    {
        var options = Options();
        (options.RepetitionGuard, options.Thinking) = (null, null);

        Assert.All((await Draw(options)).SelectMany(g => g.Rollouts), r => Assert.Null(r.Injected));
    }

    public static TheoryData<string, Action<SamplingOptions>> Refused => new()
    {
        { "RepetitionGuard: ", o => o.RepetitionGuard!.NGram = 0 },
        { "Window is 2; expected at least", o => o.RepetitionGuard!.Window = 2 },
        { "Thinking has no MaxTokens", o => (o.RepetitionGuard, o.Thinking!.MaxTokens) = (null, null) },
        { "Thinking.MaxTokens is 40; expected less than MaxNewTokens (40)", o => o.Thinking!.MaxTokens = 40 },
        { "EndText does not contain j", o => o.Thinking!.EndText = "h" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task GenerateAsync_GuardOptionThatDoesNotFit_IsRefusedByName(string expected, Action<SamplingOptions> change)
    {
        var options = Options();
        change(options);

        Assert.Contains(expected, (await Assert.ThrowsAsync<OptionsValidationException>(() => Draw(options))).Message, StringComparison.Ordinal);
    }
}
