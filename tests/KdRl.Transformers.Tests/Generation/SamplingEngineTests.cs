using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.TestSupport;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Generation;

[Collection("torch")]
public sealed class SamplingEngineTests : IDisposable
{
    private const string Alphabet = "abcdefghij;";
    private readonly Tokenizer tokenizer = Tokenizer.FromCharacters(Alphabet, endToken: ";");
    private readonly CausalLM model = CausalLM.Create(new()
    {
        HiddenSize = 32, IntermediateSize = 48, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, VocabularySize = Alphabet.Length,
        MaxPositions = 64, InitializerRange = 0.3, TieWordEmbeddings = true, EosTokenIds = [10],
    }, 3);
    private readonly TorchThread thread = new();

    public void Dispose()
    {
        thread.Dispose();
        model.Dispose();
    }

    private static readonly Prompt[] Mixed = [.. new[] { "a", "bcde", "fg", "hijabcdefghij", "bcde" }.Select((text, i) => Prompt.FromText($"p{i}", text))];

    private async Task<List<RolloutGroup>> Draw(IReadOnlyList<Prompt> prompts, SamplingOptions options, int maxRows = 256) =>
        await new SamplingEngine(model, tokenizer, thread, maxRows) { PolicyVersion = 5 }.GenerateAsync(prompts, options, default).ToListAsync();

    private static string Show(RolloutGroup group) => string.Join("|", group.Rollouts.Select(r => r.Text));

    [Theory]
    [InlineData(256)]
    [InlineData(3)]
    public async Task GenerateAsync_MixedPrompts_GivesCompleteGroupsInOrder(int maxRows)
    {
        var groups = await Draw(Mixed, new() { GroupSize = 4, MaxNewTokens = 12, Seed = 1 }, maxRows);
        Assert.Equal(Mixed, groups.Select(g => g.Prompt));
        foreach (var group in groups)
        {
            Assert.Equal(4, group.Rollouts.Count);
            foreach (var rollout in group.Rollouts)
            {
                Assert.Equal(tokenizer.Encode(group.Prompt.Text!), rollout.PromptTokens);
                Assert.Equal(rollout.CompletionTokens.Length, rollout.LogProbs.Length);
                Assert.Equal(5, rollout.PolicyVersion);
                Assert.Equal(tokenizer.Decode(rollout.CompletionTokens), rollout.Text);
                var stop = Array.IndexOf(rollout.CompletionTokens, 10);
                Assert.Equal(stop >= 0 ? stop + 1 : 12, rollout.CompletionTokens.Length);
                Assert.Equal(stop >= 0 ? FinishReason.Stop : FinishReason.Length, rollout.FinishReason);
            }
        }
        Assert.Contains(groups.SelectMany(g => g.Rollouts), r => r.FinishReason == FinishReason.Stop);
        Assert.Contains(groups.SelectMany(g => g.Rollouts), r => r.FinishReason == FinishReason.Length);
    }

    [Fact]
    public async Task GenerateAsync_AloneOrInCompany_GivesTheSameRollouts()
    {
        var options = new SamplingOptions { GroupSize = 4, MaxNewTokens = 20, Seed = 11 };
        var together = await Draw(Mixed, options);
        for (var i = 0; i < Mixed.Length; i++) Assert.Equal(Show(Assert.Single(await Draw([Mixed[i]], options))), Show(together[i]));
        Assert.Equal(together.Select(Show), (await Draw(Mixed, options, maxRows: 3)).Select(Show));
        Assert.NotEqual(Show(together[1]), Show(together[4]));
        options.Seed = 12;
        Assert.NotEqual(together.Select(Show), (await Draw(Mixed, options)).Select(Show));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.7)]
    public async Task GenerateAsync_LogProbs_AreThoseOfTheTrainingPath(double temperature)
    {
        var groups = await Draw(Mixed, new() { GroupSize = 4, MaxNewTokens = 20, Seed = 2, Temperature = temperature, TopK = 6, TopP = 0.95 });
        using var scope = NewDisposeScope();
        foreach (var rollout in groups.SelectMany(g => g.Rollouts))
        {
            var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
            var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
            var scores = SequenceScorer.Score(model, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0), temperature).LogProbs.detach();
            var trained = scores.data<float>().ToArray()[rollout.PromptTokens.Length..];
            for (var t = 0; t < trained.Length; t++) Assert.Equal(trained[t], rollout.LogProbs[t], 1e-4);
        }
    }

    [Fact]
    public async Task GenerateAsync_ManyTokens_GrowsTheCacheAndAgreesWithTraining()
    {
        using var deep = CausalLM.Create(model.Config with { MaxPositions = 400 }, 4);
        var engine = new SamplingEngine(deep, tokenizer, thread);
        var options = new SamplingOptions { GroupSize = 2, MaxNewTokens = 300, StopTokens = [], Seed = 1 };
        var groups = await engine.GenerateAsync(Mixed[..2], options, default).ToListAsync();
        using var scope = NewDisposeScope();
        foreach (var rollout in groups.SelectMany(g => g.Rollouts))
        {
            Assert.Equal(300, rollout.CompletionTokens.Length);
            var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
            var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
            var trained = SequenceScorer.Score(deep, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0)).LogProbs.detach().data<float>().ToArray();
            for (var t = 0; t < 300; t++) Assert.Equal(trained[t + rollout.PromptTokens.Length], rollout.LogProbs[t], 1e-4);
        }
    }

    [Fact]
    public async Task GenerateAsync_DivergedModel_SaysSo()
    {
        using var broken = CausalLM.Create(model.Config, 3);
        using (no_grad()) broken.OutputWeight.fill_(float.NaN);
        foreach (var options in new SamplingOptions[] { new(), new() { Temperature = 0 }, new() { TopP = 0.9 } })
        {
            var drawing = new SamplingEngine(broken, tokenizer, thread).GenerateAsync(Mixed, options, default).ToListAsync().AsTask();
            Assert.Contains("not numbers", (await Assert.ThrowsAsync<InvalidOperationException>(() => drawing)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task GenerateAsync_SixteenBitModel_DrawsFiniteLogProbsNearTraining()
    {
        using var half = CausalLM.Create(model.Config with { DataType = ScalarType.BFloat16 }, 3);
        var groups = await new SamplingEngine(half, tokenizer, thread).GenerateAsync(Mixed, new() { GroupSize = 2, MaxNewTokens = 12 }, default).ToListAsync();
        using var scope = NewDisposeScope();
        foreach (var rollout in groups.SelectMany(g => g.Rollouts))
        {
            var ids = rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray();
            var mask = Enumerable.Range(0, ids.Length).Select(t => t >= rollout.PromptTokens.Length).ToArray();
            var trained = SequenceScorer.Score(half, tensor(ids).unsqueeze(0), tensor(mask).unsqueeze(0)).LogProbs.detach().data<float>().ToArray();
            // Eight bits of mantissa, rounded at each of some twenty operations.
            for (var t = 0; t < rollout.LogProbs.Length; t++) Assert.Equal(trained[t + rollout.PromptTokens.Length], rollout.LogProbs[t], 0.3);
        }
    }

    [Fact]
    public async Task GenerateAsync_ContextIsFull_TruncatesThere()
    {
        var groups = await Draw(Mixed, new() { GroupSize = 2, MaxNewTokens = 1000, StopTokens = [] });
        foreach (var rollout in groups.SelectMany(g => g.Rollouts))
        {
            Assert.Equal(64, rollout.PromptTokens.Length + rollout.CompletionTokens.Length);
            Assert.Equal(FinishReason.Length, rollout.FinishReason);
        }
    }

    [Fact]
    public async Task GenerateAsync_Greedy_TakesTheMostLikelyToken()
    {
        var rollout = (await Draw(Mixed[..1], new() { GroupSize = 1, Temperature = 0, MaxNewTokens = 8, StopTokens = [] }))[0].Rollouts[0];
        using var scope = NewDisposeScope();
        var ids = tensor(rollout.PromptTokens.Concat(rollout.CompletionTokens).Select(id => (long)id).ToArray()).unsqueeze(0);
        var positions = arange(ids.shape[1], dtype: ScalarType.Int64).unsqueeze(0);
        var best = nn.functional.linear(model.Hidden(ids, positions, null), model.OutputWeight).argmax(-1).data<long>().ToArray();
        Assert.Equal(best[..8].Select(id => (int)id), rollout.CompletionTokens);
    }

    [Fact]
    public async Task GenerateAsync_RepeatedCalls_KeepTheLiveTensorCount()
    {
        var options = new SamplingOptions { GroupSize = 4, MaxNewTokens = 100 };
        await Draw(Mixed, options);
        var before = Tensor.TotalCount;
        for (var i = 0; i < 3; i++) await Draw(Mixed, options);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_StopsBetweenTokensAndStaysUsable()
    {
        using var source = new CancellationTokenSource();
        using var deep = CausalLM.Create(model.Config with { MaxPositions = 1_000_000 }, 4);
        var engine = new SamplingEngine(deep, tokenizer, thread);
        var endless = new SamplingOptions { GroupSize = 1, MaxNewTokens = 900_000, StopTokens = [] };
        var drawing = engine.GenerateAsync(Mixed[..1], endless, source.Token).ToListAsync().AsTask();
        await Task.Delay(100);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drawing);
        Assert.Single(await engine.GenerateAsync(Mixed[..1], new() { MaxNewTokens = 2 }, default).ToListAsync());
    }

    public static TheoryData<SamplingOptions, string> BadOptions() => new()
    {
        { new() { GroupSize = 0 }, "GroupSize" },
        { new() { MaxNewTokens = 0 }, "MaxNewTokens" },
        { new() { Temperature = -1 }, "Temperature" },
        { new() { TopP = 0 }, "TopP" },
        { new() { StopTokens = [11] }, "StopTokens" },
        { new() { Temperature = 0, TopK = 3 }, "TopK" },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void GenerateAsync_BadOptions_AreRefusedByName(SamplingOptions options, string name)
    {
        var engine = new SamplingEngine(model, tokenizer, thread);
        var error = Assert.Throws<OptionsValidationException>(() => engine.GenerateAsync(Mixed, options, default));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_Conversation_IsRenderedByTheChatTemplate()
    {
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, "chat_template.jinja"), "{% for m in messages %}{{ m.content }}b{% endfor %}{% if add_generation_prompt %}a{% endif %}");
        var engine = new SamplingEngine(model, Tokenizer.FromPretrained(folder.Path), thread);
        var groups = new List<RolloutGroup>();
        await foreach (var group in engine.GenerateAsync([Prompt.FromMessages("x", [new("user", "a"), new("assistant", "c")])], new() { GroupSize = 1, MaxNewTokens = 2 }, default)) groups.Add(group);
        Assert.Equal(tokenizer.Encode("abcba", addSpecialTokens: false), groups[0].Rollouts[0].PromptTokens);
    }

    [Fact]
    public void GenerateAsync_BadPrompts_AreRefusedAtTheCall()
    {
        var engine = new SamplingEngine(model, tokenizer, thread);
        Assert.Throws<ArgumentException>(() => engine.GenerateAsync([Prompt.FromText("x", new string('a', 64))], new(), default));
        Assert.Throws<ArgumentException>(() => engine.GenerateAsync([Prompt.FromText("x", "")], new(), default));
        Assert.Throws<ArgumentException>(() => engine.GenerateAsync([Prompt.FromMessages("x", [new("user", "a")])], new(), default));
        Assert.Throws<ArgumentException>(() => engine.GenerateAsync([Prompt.FromText("x", "A")], new(), default));
    }
}
