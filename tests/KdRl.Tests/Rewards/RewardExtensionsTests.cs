using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards;

public class RewardExtensionsTests
{
    private static readonly RewardRequest[] Requests = [.. Enumerable.Range(0, 4000).Select(i => RewardRequest.Of(Prompt.FromText("q", "?"), $"{i}"))];

    [Fact]
    public async Task ScoreAllAsync_Thousands_ComeBackInOrderAndWithinTheLimit()
    {
        var (running, most) = (0, 0);
        var reward = new Waiting(async (request, ct) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return RewardOutcome.Scored(int.Parse(request.Response));
        });

        var outcomes = await reward.ScoreAllAsync(Requests, maxConcurrency: 100);

        Assert.Equal(Enumerable.Range(0, 4000).Select(i => (double?)i), outcomes.Select(o => o.Value));
        Assert.InRange(most, 1, 100);
    }

    [Fact]
    public async Task ScoreAllAsync_ThousandsAtOnce_AllRunTogether()
    {
        var (arrived, everybody) = (0, new TaskCompletionSource());
        var reward = new Waiting(async (_, _) =>
        {
            // Nobody ends before the last one is there: only a run in which all are under way at the same time gets through.
            if (Interlocked.Increment(ref arrived) == Requests.Length) everybody.SetResult();
            await everybody.Task;
            return RewardOutcome.Scored(1);
        });

        var outcomes = await reward.ScoreAllAsync(Requests, maxConcurrency: Requests.Length).WaitAsync(Patience);

        Assert.All(outcomes, o => Assert.Equal(1, o.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ScoreAllAsync_Cancelled_EndsWhetherOrNotTheRewardHeedsIt(bool heeds)
    {
        using var cancel = new CancellationTokenSource();
        var (arrived, never) = (0, new TaskCompletionSource<RewardOutcome>());
        var started = new TaskCompletionSource();
        var reward = new Waiting(async (_, ct) =>
        {
            if (Interlocked.Increment(ref arrived) == 64) started.SetResult();
            return await never.Task.WaitAsync(heeds ? ct : CancellationToken.None);
        });

        var scoring = reward.ScoreAllAsync(Requests, 64, cancel.Token);
        await started.Task.WaitAsync(Patience);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring.WaitAsync(Patience));
        Assert.Equal(64, arrived);
    }

    [Fact]
    public async Task ScoreAllAsync_CancelledWhileTheRewardBlocksItsThread_Ends()
    {
        using var cancel = new CancellationTokenSource();
        using var block = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        var reward = Reward.Create("blocks", _ =>
        {
            started.TrySetResult();
            block.Wait();
            return RewardOutcome.Scored(0);
        });

        var scoring = reward.ScoreAllAsync(Requests.Take(500), 4, cancel.Token);
        await started.Task.WaitAsync(Patience);
        await cancel.CancelAsync();
        try { await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring.WaitAsync(Patience)); }
        finally { block.Set(); }
    }

    [Fact]
    public async Task ScoreAllAsync_RewardCancelsItself_FailsThatSampleOnly()
    {
        var reward = new Waiting((request, _) => request.Response == "1" ? throw new TaskCanceledException("the HTTP client lost patience") : new(RewardOutcome.Scored(1)));

        var outcomes = await reward.ScoreAllAsync(Requests.Take(3));

        Assert.Equal([RewardStatus.Scored, RewardStatus.Failed, RewardStatus.Scored], outcomes.Select(o => o.Status));
        Assert.Contains("lost patience", outcomes[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAllAsync_RewardThrows_EndsWithItsError() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Reward.Create("broken", _ => throw new InvalidOperationException("a bug")).ScoreAllAsync(Requests.Take(3)));

    [Fact]
    public void SelfAndInner_SharedReward_IsFoundOnce()
    {
        var leaf = new Waiting((_, _) => new(RewardOutcome.Scored(0)));
        var outer = new Waiting((_, _) => new(RewardOutcome.Scored(0)), new Waiting((_, _) => new(RewardOutcome.Scored(0)), leaf), leaf);

        var all = outer.SelfAndInner();

        Assert.Equal(3, all.Count);
        Assert.Same(outer, all[0]);
        Assert.Same(leaf, all[2]);
    }

    /// <summary>A safety bound, hundreds of times what is needed: a test that hangs should end.</summary>
    private static TimeSpan Patience => TimeSpan.FromSeconds(60);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var was = Interlocked.CompareExchange(ref target, value, seen);
            if (was == seen) return;
            seen = was;
        }
    }

    private sealed class Waiting(Func<RewardRequest, CancellationToken, ValueTask<RewardOutcome>> score, params IReward[] inner) : IReward
    {
        public string Name => "waiting";

        public IEnumerable<IReward> Inner => inner;

        public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct) => score(request, ct);
    }
}
