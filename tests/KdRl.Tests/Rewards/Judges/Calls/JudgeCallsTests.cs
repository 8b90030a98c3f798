using System.ClientModel;
using System.Net;
using System.Text.Json;
using KdRl.Rewards;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace KdRl.Tests.Rewards.Judges.Calls;

public class JudgeCallsTests
{
    private static readonly JudgeCriterion Score = new() { Name = "score", Description = "How good is it?", Minimum = 0, Maximum = 10 };
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static TheoryData<Exception, bool> Faults => new()
    {
        { Http(500), true }, { Http(502), true }, { Http(503), true }, { Http(429), true }, { Http(408), true },
        { Http(400), false }, { Http(401), false }, { Http(404), false }, { Http(413), false }, { Http(422), false },
        { new HttpRequestException("refused"), true }, { new HttpRequestException("x", null, HttpStatusCode.BadGateway), true }, { new HttpRequestException("x", null, HttpStatusCode.Forbidden), false },
        { new IOException("cut"), true }, { new JsonException("half"), true }, { new InvalidOperationException("not an object"), true }, { new ArgumentOutOfRangeException("index"), true },
        { new TimeoutException("late"), true }, { new TaskCanceledException("late"), true },
        { new ObjectDisposedException("client"), false }, { new NotSupportedException("seed"), false },
    };

    [Theory, MemberData(nameof(Faults))]
    public async Task AskAsync_Fault_IsRetriedWhenItMayPass(Exception fault, bool passing)
    {
        var client = new ScriptedChatClient((r, _) => r.Call == 1 ? Task.FromException<ChatResponse>(fault) : Reply(r));
        using var judge = Judge(client, new InstantTime(Deadline));

        var outcome = await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal(passing ? RewardStatus.Scored : RewardStatus.Failed, outcome.Status);
        Assert.Equal(passing ? 2 : 1, judge.Usage.Calls);
        Assert.Equal(passing ? 1 : 0, judge.Usage.Retries);
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task AskAsync_LastingFault_IsAStatusNever0(Exception fault, bool passing)
    {
        var client = new ScriptedChatClient((_, _) => Task.FromException<ChatResponse>(fault));
        using var judge = Judge(client, new InstantTime(Deadline));

        var outcome = await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal(fault is TimeoutException or OperationCanceledException ? RewardStatus.TimedOut : RewardStatus.Failed, outcome.Status);
        Assert.Null(outcome.Value);
        Assert.Equal(passing ? 5 : 1, judge.Usage.Calls);
    }

    [Fact]
    public async Task AskAsync_BackOff_DoublesWithJitterUpToItsBound()
    {
        var time = new InstantTime(Deadline);
        using var judge = Judge(new ScriptedChatClient((_, _) => Task.FromException<ChatResponse>(Http(500))), time, c => (c.MaxRetries, c.MaxDelay) = (12, TimeSpan.FromSeconds(20)));

        await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal(12, time.Waits.Count);
        Assert.All(time.Waits, w => Assert.InRange(w, TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        Assert.True(time.Waits.Take(3).Max() < TimeSpan.FromSeconds(19) && time.Waits.Skip(8).Max() > TimeSpan.FromSeconds(10), string.Join(", ", time.Waits));
    }

    [Theory]
    [InlineData("Retry-After", "7", 7.0)]
    [InlineData("Retry-After", "0", 0.0)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("Retry-After", "Tue, 01 Jan 2030 00:00:30 GMT", 30.0)]
    [InlineData("Retry-After", "Tue, 01 Jan 2030 00:00:00 GMT", 0.0)]
    public async Task AskAsync_RetryAfter_ReplacesTheBackOff(string header, string value, double seconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var asked = new SemaphoreSlim(0);
        var client = new ScriptedChatClient((r, _) =>
        {
            asked.Release();
            return r.Call == 1 ? Task.FromException<ChatResponse>(Http(429, (header, value))) : Reply(r);
        });
        using var judge = Judge(client, time);

        var score = judge.ScoreAsync(Requests.Of("Because."), default).AsTask();
        await asked.WaitAsync();
        if (seconds > 0)
        {
            time.Advance(TimeSpan.FromSeconds(seconds - 0.001));
            Assert.Equal(1, judge.Usage.Calls);
            Assert.False(score.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(0.001));
        }

        Assert.Equal(0.7, (await score).Value!.Value, 12);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task AskAsync_RetryAfterThatSaysNothing_LeavesTheBackOff(string value)
    {
        var time = new InstantTime(Deadline);
        using var judge = Judge(new ScriptedChatClient((r, _) => r.Call == 1 ? Task.FromException<ChatResponse>(Http(429, ("Retry-After", value))) : Reply(r)), time);

        Assert.Equal(RewardStatus.Scored, (await judge.ScoreAsync(Requests.Of("Because."), default)).Status);
        Assert.Single(time.Waits);
    }

    [Fact]
    public async Task AskAsync_RetryAfterBeyondTheBound_GivesUpAtOnce()
    {
        using var judge = Judge(new ScriptedChatClient((_, _) => Task.FromException<ChatResponse>(Http(429, ("Retry-After", "3600")))), new InstantTime(Deadline));

        var outcome = await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal((RewardStatus.Failed, 1), (outcome.Status, judge.Usage.Calls));
        Assert.Contains("asks to wait 3600 s, at most 120 s", outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AskAsync_NoReplyInTime_IsCancelledAndTimedOut(bool heedsCancellation)
    {
        var time = new FakeTimeProvider();
        var asked = new SemaphoreSlim(0);
        var seen = CancellationToken.None;
        var client = new ScriptedChatClient(async (_, ct) =>
        {
            seen = ct;
            asked.Release();
            await Task.Delay(Timeout.Infinite, heedsCancellation ? ct : CancellationToken.None);
            return new ChatResponse();
        });
        using var judge = Judge(client, time, c => c.MaxRetries = 0);

        var score = judge.ScoreAsync(Requests.Of("Because."), default).AsTask();
        await asked.WaitAsync();
        time.Advance(Deadline - TimeSpan.FromSeconds(1));
        Assert.False(score.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        var outcome = await score;

        Assert.Equal((RewardStatus.TimedOut, null), (outcome.Status, outcome.Value));
        Assert.Contains("no reply within 60 s", outcome.Reason, StringComparison.Ordinal);
        Assert.True(seen.IsCancellationRequested);
    }

    [Fact]
    public async Task AskAsync_WaitingForASlot_DoesNotCountAgainstTheDeadline()
    {
        var time = new FakeTimeProvider();
        var first = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        var client = new ScriptedChatClient(async (r, ct) =>
        {
            asked.TrySetResult();
            if (r.Call == 1) await first.Task.WaitAsync(ct);
            return await Reply(r);
        });
        using var judge = Judge(client, time, c => c.MaxConcurrency = 1);

        var holds = judge.ScoreAsync(Requests.Of("First."), default).AsTask();
        await asked.Task;
        var waits = judge.ScoreAsync(Requests.Of("Second."), default).AsTask();
        time.Advance(Deadline - TimeSpan.FromSeconds(1));
        first.SetResult();
        await holds;
        var outcome = await waits;

        Assert.Equal(RewardStatus.Scored, outcome.Status);
        Assert.Equal((2, 0), (judge.Usage.Calls, judge.Usage.Retries));
    }

    [Fact]
    public async Task AskAsync_ManyAtOnce_StayWithinTheConcurrency()
    {
        int now = 0, most = 0;
        var gate = new Lock();
        var client = new ScriptedChatClient(async (r, _) =>
        {
            lock (gate) most = Math.Max(most, ++now);
            await Task.Yield();
            lock (gate) now--;
            return await Reply(r);
        });
        using var judge = Judge(client, TimeProvider.System, c => c.MaxConcurrency = 3);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => judge.ScoreAsync(Requests.Of($"Because {i}."), default).AsTask()));

        Assert.InRange(most, 1, 3);
        Assert.Equal(200, judge.Usage.Calls);
    }

    internal static ClientResultException Http(int status, params (string Name, string Value)[] headers) => new(new StubResponse(status, headers));

    private static JudgeReward Judge(IChatClient client, TimeProvider time, Action<JudgeCallOptions>? set = null)
    {
        var calls = new JudgeCallOptions { AttemptTimeout = Deadline };
        set?.Invoke(calls);
        return new JudgeReward(client, new PointwiseJudgeTask([Score]), new JudgeOptions { Calls = calls }, time);
    }

    private static Task<ChatResponse> Reply(ScriptedRequest request) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, request.Verdict("\"score\": 7"))));
}
