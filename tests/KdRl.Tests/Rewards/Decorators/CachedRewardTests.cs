using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Decorators;

public class CachedRewardTests
{
    private static readonly Prompt Question = Prompt.FromText("q", "1+1?") with { Reference = "2", Task = "math", Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };

    [Fact]
    public async Task WithCache_EqualContents_AskOnce()
    {
        var inner = new ScriptedReward(RewardOutcome.Scored(0.5, true));
        var reward = inner.WithCache();

        var first = await Ask(reward, RewardRequest.Of(Question, "two", [1, 2]));
        var again = await Ask(reward, RewardRequest.Of(Question with { Metadata = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } }, "two", [1, 2]));

        Assert.Equal(1, inner.Asked);
        Assert.Equal(first, again);
    }

    private static RewardRequest[] Others =>
    [
        RewardRequest.Of(Question, "Two", [1, 2]),
        RewardRequest.Of(Question, "two", [1, 3]),
        RewardRequest.Of(Question, "two", [1, 2], FinishReason.Length),
        RewardRequest.Of(Question with { Reference = "3" }, "two", [1, 2]),
        RewardRequest.Of(Question with { Reference = null }, "two", [1, 2]),
        RewardRequest.Of(Question with { Task = "code" }, "two", [1, 2]),
        RewardRequest.Of(Question with { Metadata = new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" } }, "two", [1, 2]),
        RewardRequest.Of(Question with { Reference = "2m", Task = "ath" }, "two", [1, 2]),
        RewardRequest.Of(Question, "two\ud800", [1, 2]),
        RewardRequest.Of(Question, "two\ud801", [1, 2]),
    ];

    [Fact]
    public async Task WithCache_OtherContents_AskAgain()
    {
        var inner = new ScriptedReward(RewardOutcome.Scored(0.5));
        var reward = inner.WithCache();
        await Ask(reward, RewardRequest.Of(Question, "two", [1, 2]));

        foreach (var request in Others) await Ask(reward, request);

        Assert.Equal(1 + Others.Length, inner.Asked);
    }

    [Fact]
    public async Task WithCache_OtherVersion_FindsNothingOld()
    {
        var (cache, inner) = (new MemoryRewardCache(), new ScriptedReward(RewardOutcome.Scored(0.5)));

        await Ask(inner.WithCache(cache, "judge-1"), ScriptedReward.Request());
        await Ask(inner.WithCache(cache, "judge-2"), ScriptedReward.Request());

        Assert.Equal(2, inner.Asked);
    }

    [Theory]
    [InlineData(RewardStatus.TimedOut, 2)]
    [InlineData(RewardStatus.Failed, 2)]
    [InlineData(RewardStatus.NotApplicable, 1)]
    public async Task WithCache_Faults_AreNotKept(RewardStatus status, int asked)
    {
        var inner = new ScriptedReward(RewardOutcome.Unscored(status, "why"));
        var reward = inner.WithCache();

        await Ask(reward, ScriptedReward.Request());
        await Ask(reward, ScriptedReward.Request());

        Assert.Equal(asked, inner.Asked);
    }

    [Fact]
    public async Task WithCache_EqualRequestsUnderWay_ShareOneAnswer()
    {
        var answer = new TaskCompletionSource<RewardOutcome>();
        var inner = new ScriptedReward(async (_, _) => await answer.Task);
        var reward = inner.WithCache();

        var all = Enumerable.Range(0, 50).Select(_ => Ask(reward, ScriptedReward.Request())).ToArray();
        answer.SetResult(RewardOutcome.Scored(0.7));

        Assert.All(await Task.WhenAll(all), o => Assert.Equal(0.7, o.Value));
        Assert.Equal(1, inner.Asked);
    }

    [Fact]
    public async Task WithCache_FirstAskerCancelled_OthersAskThemselves()
    {
        using var cancel = new CancellationTokenSource();
        var first = true;
        var inner = new ScriptedReward(async (_, ct) =>
        {
            if (first) { first = false; await Task.Delay(Timeout.Infinite, ct); }
            return RewardOutcome.Scored(1);
        });
        var reward = inner.WithCache();

        var cancelled = reward.ScoreAsync(ScriptedReward.Request(), cancel.Token).AsTask();
        var waiting = Ask(reward, ScriptedReward.Request());
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(1, (await waiting).Value);
        Assert.Equal(2, inner.Asked);
    }

    [Fact]
    public async Task WithCache_BrokenStore_StillScores()
    {
        var inner = new ScriptedReward(RewardOutcome.Scored(0.5));
        var reward = inner.WithCache(new BrokenCache());

        Assert.Equal(0.5, (await Ask(reward, ScriptedReward.Request())).Value);
        Assert.Equal(0.5, (await Ask(reward, ScriptedReward.Request())).Value);
        Assert.Equal(2, inner.Asked);
    }

    [Fact]
    public void WithCache_NormalisationInside_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => new ScriptedReward(RewardOutcome.Scored(1)).WithNormalization().WithWeight(2).WithCache());

        Assert.Contains("inside of it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MemoryRewardCache_Full_DropsWhatWasNotAskedForLongest()
    {
        var cache = new MemoryRewardCache(2);
        foreach (var key in new[] { "a", "b" }) await cache.StoreAsync(key, RewardOutcome.Scored(0), default);
        await cache.FindAsync("a", default);

        await cache.StoreAsync("c", RewardOutcome.Scored(0), default);

        Assert.NotNull(await cache.FindAsync("a", default));
        Assert.Null(await cache.FindAsync("b", default));
        Assert.NotNull(await cache.FindAsync("c", default));
    }

    private static Task<RewardOutcome> Ask(IReward reward, RewardRequest request) => reward.ScoreAsync(request, CancellationToken.None).AsTask();

    private sealed class BrokenCache : IRewardCache
    {
        public ValueTask<RewardOutcome?> FindAsync(string key, CancellationToken ct) => throw new IOException("the disk is gone");

        public ValueTask StoreAsync(string key, RewardOutcome outcome, CancellationToken ct) => throw new IOException("the disk is full");
    }
}
