using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers.Generation;
using KdRl.Transformers.Models;
using KdRl.Transformers.Tests.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

/// <summary>Rollouts join, leave and give way as the limits have it, and come out the same.</summary>
[Collection("torch")]
public sealed class ContinuousBatchingTests : IDisposable
{
    private static readonly Prompt[] Prompts = [.. new[] { "a", "bcde", "fg", "hijabcdefghij", "bcde" }.Select((text, i) => Prompt.FromText($"p{i}", text))];
    private static readonly TransformerConfig Config = TestModels.Random(ModelFamily.Mistral, 1) with { MaxPositions = 200, SlidingWindow = 9 };
    private readonly Tokenizer tokenizer = LetterTask.Tokenizer;
    private readonly CausalLM model = TestModels.Noisy(Config);
    // Rows of its widths are read by vectors.
    private readonly CausalLM wide = TestModels.Noisy(Config with { HiddenSize = 32, IntermediateSize = 48 });
    private readonly TorchThread thread = new();

    public void Dispose()
    {
        thread.Dispose();
        model.Dispose();
        wide.Dispose();
    }

    private static List<DraftRollout> Drafts(int seed)
    {
        var random = new Random(seed);
        List<DraftRollout> drafts = [];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var prompt = Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(LetterTask.Alphabet.Length)).ToArray();
            var (size, limit) = (random.Next(1, 6), random.Next(1, 110));
            for (var j = 0; j < size; j++) drafts.Add(new DraftRollout(i, prompt, new RolloutSeed(seed, $"{i}", j), limit));
        }
        return drafts;
    }

    private List<DraftRollout> Decode(CausalLM policy, int seed, DecodingLimits limits, Action<RolloutDecoder>? look = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var drafts = Drafts(seed);
        using var sampler = new TokenSampler(new());
        using var decoder = new RolloutDecoder(policy, sampler, new StopCondition(seed % 2 == 0 ? [10] : [], [], tokenizer), limits, drafts);
        while (drafts.Exists(draft => draft.Finish is null))
        {
            decoder.Step();
            look?.Invoke(decoder);
        }
        return drafts;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_AnyLimits_KeepsThemAndDrawsTheSame(bool isWide)
    {
        var policy = isWide ? wide : model;
        var (full, gaveWay) = (0, 0);
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            var alone = Decode(policy, seed, new DecodingLimits(1, 1 << 20, 1 << 20));
            var least = alone.Max(draft => 2 * (draft.PromptTokens.Length + draft.Limit));
            var limits = new DecodingLimits(random.Next(1, 12), least + random.Next(200), random.Next(1, 40));
            var returned = 0;
            var drafts = Decode(policy, seed, limits, decoder =>
            {
                Assert.InRange(decoder.CacheTokens, 0, limits.CacheTokens);
                Assert.InRange(decoder.Rows, 0, limits.Rows);
                if (decoder.Rows == limits.Rows) full++;
                returned = decoder.GaveWay;
            });
            gaveWay += returned;
            foreach (var (own, other) in alone.Zip(drafts))
            {
                Assert.Equal(own.Tokens, other.Tokens);
                Assert.Equal(own.Finish, other.Finish);
                for (var t = 0; t < own.Tokens.Count; t++) Assert.Equal(own.LogProbs[t], other.LogProbs[t], 1e-4);
            }
        }
        Assert.NotEqual(0, full);
        Assert.NotEqual(0, gaveWay);
    }

    [Fact]
    public void PromptReader_DraftsOfOnePrompt_ReadsItOnce()
    {
        int[] prompt = [1, 2, 3, 4];
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        DraftRollout Draft(int index, int[] tokens) => new(index, tokens, default, 9);
        using var reader = new PromptReader(model, [Draft(0, prompt), Draft(0, prompt), Draft(0, prompt), Draft(1, [5, 6])]);
        Assert.Equal(2 * 4, reader.Tokens);
        reader.Read(2);
        Assert.False(reader.IsRead);
        reader.Read(6);
        Assert.True(reader.IsRead);
        using var cache = new KeyValueCache(model.Config, ScalarType.Float32, CPU);
        var (drafts, hidden) = reader.HandOver(3, cache, 4, 8);
        Assert.Equal(3, drafts.Count);
        Assert.Equal(hidden[0], hidden[2]);
        Assert.Single(reader.Remaining);
    }

    [Fact]
    public async Task GenerateAsync_FirstGroupTaken_HasNotDrawnTheRestAndFreesTheCache()
    {
        var engine = new SamplingEngine(model, tokenizer, thread, maxRows: 4);
        var options = new SamplingOptions { GroupSize = 4, MaxNewTokens = 60 };
        var all = await engine.GenerateAsync(Prompts, options, default).ToListAsync();
        var before = Tensor.TotalCount;
        await foreach (var group in engine.GenerateAsync(Prompts, options, default))
        {
            Assert.Equal(all[0].Rollouts.Select(r => r.Text), group.Rollouts.Select(r => r.Text));
            Assert.NotEqual(before, Tensor.TotalCount); // Others are in flight.
            break;
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public async Task GenerateAsync_StopStrings_EndTheCompletionThatContainsOne()
    {
        string[] stops = ["bc", "jaj", "eeee"];
        var free = new SamplingOptions { GroupSize = 8, MaxNewTokens = 12, Seed = 4 };
        var engine = new SamplingEngine(model, tokenizer, thread);
        var unstopped = (await engine.GenerateAsync(Prompts, free, default).ToListAsync()).SelectMany(g => g.Rollouts).ToList();
        free.StopStrings = stops;
        var stopped = (await engine.GenerateAsync(Prompts, free, default).ToListAsync()).SelectMany(g => g.Rollouts).ToList();
        var ended = 0;
        foreach (var (whole, cut) in unstopped.Zip(stopped))
        {
            var end = stops.Select(stop => whole.Text.IndexOf(stop, StringComparison.Ordinal) is var at && at >= 0 ? at + stop.Length : int.MaxValue).Min();
            if (end == int.MaxValue)
            {
                Assert.Equal((whole.Text, whole.FinishReason), (cut.Text, cut.FinishReason));
                continue;
            }
            ended++;
            Assert.Equal((whole.Text[..end], FinishReason.Stop), (cut.Text, cut.FinishReason));
            Assert.Equal(end, cut.CompletionTokens.Length);
        }
        Assert.NotEqual(0, ended);
    }

    [Theory]
    [InlineData("12", new[] { 1, 2 }, true)]
    [InlineData("12", new[] { 1, 10, 10, 10, 10, 10, 10, 10, 10, 10, 2 }, true)] // Special tokens have no text.
    [InlineData("12", new[] { 1, 3, 2 }, false)]
    [InlineData("12", new[] { 2 }, false)]
    [InlineData("1222", new[] { 0, 1, 2, 2, 2 }, true)]
    public void StopCondition_Strings_AreLookedForInTheText(string text, int[] completion, bool expected) =>
        Assert.Equal(expected, new StopCondition([], [text], Tokenizer.FromCharacters("0123456789", endToken: "<end>")).IsMet([.. completion]));

    [Fact]
    public void GenerateAsync_CacheTooSmallOrEmptyStop_IsRefusedAtTheCall()
    {
        var bytes = KeyValueCache.BytesPerToken(model.Config, 4);
        var engine = new SamplingEngine(model, tokenizer, thread, maxCacheBytes: bytes * 2 * (13 + 20));
        engine.GenerateAsync(Prompts, new() { MaxNewTokens = 20 }, default);
        var error = Assert.Throws<ArgumentException>(() => engine.GenerateAsync(Prompts, new() { MaxNewTokens = 21 }, default));
        Assert.Contains("'p3' has 13 tokens and its completions up to 21; the cache holds 66 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("StopStrings", Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(
            () => engine.GenerateAsync(Prompts, new() { MaxNewTokens = 9, StopStrings = [""] }, default)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingEngine(model, tokenizer, thread, maxCacheBytes: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingEngine(model, tokenizer, thread, stepTokens: 0));
    }
}
