using KdRl.Rewards;
using Microsoft.Extensions.Time.Testing;

namespace KdRl.Tests.Rewards.Decorators;

public class TimeoutRewardTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), Grace = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider time = new();
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task WithTimeout_WorkInTime_KeepsItsOutcome()
    {
        var reward = new ScriptedReward(RewardOutcome.Scored(0.3, true)).WithTimeout(Limit, Grace, time);

        var outcome = await Ask(reward);

        Assert.Equal((0.3, true), (outcome.Value, outcome.Correct));
    }

    [Fact]
    public async Task WithTimeout_WorkOverruns_IsCancelledAndHasNoScore()
    {
        var cancelled = false;
        var reward = new ScriptedReward(async (_, ct) =>
        {
            started.SetResult();
            try { await Task.Delay(Timeout.Infinite, ct); }
            finally { cancelled = ct.IsCancellationRequested; }
            return RewardOutcome.Scored(1);
        }).WithTimeout(Limit, Grace, time);

        var scoring = Ask(reward);
        await started.Task.WaitAsync(Patience);
        time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(scoring.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        var outcome = await scoring.WaitAsync(Patience);

        Assert.Equal(RewardStatus.TimedOut, outcome.Status);
        Assert.Null(outcome.Value);
        Assert.Contains("more than 10 s", outcome.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("may still run", outcome.Reason, StringComparison.Ordinal);
        Assert.True(cancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithTimeout_WorkDoesNotHeed_IsLeftAfterTheGraceAndSaysSo(bool blocksItsThread)
    {
        var release = new TaskCompletionSource();
        var reward = new ScriptedReward(async (_, _) =>
        {
            started.SetResult();
            if (blocksItsThread) release.Task.Wait(CancellationToken.None);
            else await release.Task;
            return RewardOutcome.Scored(1);
        }).WithTimeout(Limit, Grace, time);

        var scoring = Ask(reward);
        await started.Task.WaitAsync(Patience);
        time.Advance(Limit);
        // The grace begins when the deadline has been noticed, on another thread.
        while (!scoring.IsCompleted)
        {
            time.Advance(Grace);
            await Task.Yield();
        }

        var outcome = await scoring.WaitAsync(Patience);
        release.SetResult();

        Assert.Equal(RewardStatus.TimedOut, outcome.Status);
        Assert.Contains("may still run", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithTimeout_LongQueueOutside_CountsTheWorkOnly()
    {
        // Each takes 6 s of a limit of 10 s, one at a time: the third has waited 12 s before it begins.
        var turns = new System.Collections.Concurrent.ConcurrentQueue<TaskCompletionSource>();
        var reward = new ScriptedReward(async (_, ct) =>
        {
            var turn = new TaskCompletionSource();
            turns.Enqueue(turn);
            await turn.Task.WaitAsync(ct);
            return RewardOutcome.Scored(1);
        }).WithTimeout(Limit, Grace, time).WithConcurrencyLimit(1);

        var all = reward.ScoreAllAsync([.. Enumerable.Range(0, 3).Select(i => ScriptedReward.Request($"{i}"))]);
        for (var i = 0; i < 3; i++)
        {
            TaskCompletionSource? turn;
            while (!turns.TryDequeue(out turn)) await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(6));
            turn.SetResult();
        }

        Assert.All(await all.WaitAsync(Patience), o => Assert.Equal(RewardStatus.Scored, o.Status));
    }

    [Fact]
    public void WithTimeout_ConcurrencyLimitInside_IsRefusedWithTheRightOrder()
    {
        var error = Assert.Throws<ArgumentException>(() => Reward.Product("p", new ScriptedReward(RewardOutcome.Scored(0)).WithConcurrencyLimit(1)).WithTimeout(Limit));

        Assert.Contains("WithTimeout(…).WithConcurrencyLimit(…)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithTimeout_RunCancelled_IsACancellationAndNoTimeout()
    {
        using var cancel = new CancellationTokenSource();
        var reward = new ScriptedReward(async (_, _) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return RewardOutcome.Scored(1);
        }).WithTimeout(Limit, Grace, time);

        var scoring = reward.ScoreAsync(ScriptedReward.Request(), cancel.Token).AsTask();
        await started.Task.WaitAsync(Patience);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring.WaitAsync(Patience));
    }

    [Fact]
    public async Task WithTimeout_WorkCancelsItself_HasFailed()
    {
        var outcome = await Ask(new ScriptedReward((_, _) => throw new TaskCanceledException("HTTP")).WithTimeout(Limit, Grace, time));

        Assert.Equal(RewardStatus.Failed, outcome.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(3e9)]
    public void WithTimeout_OutOfRange_IsRefused(double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScriptedReward(RewardOutcome.Scored(0)).WithTimeout(TimeSpan.FromSeconds(seconds)));

    private static Task<RewardOutcome> Ask(IReward reward) => reward.ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask();
}
