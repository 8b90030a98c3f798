using System.Diagnostics.Metrics;
using KdRl.Rewards;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace KdRl.Tests.Rewards.Decorators;

public class LoggedRewardTests
{
    [Theory]
    [InlineData(RewardStatus.Scored, LogLevel.Debug)]
    [InlineData(RewardStatus.NotApplicable, LogLevel.Debug)]
    [InlineData(RewardStatus.TimedOut, LogLevel.Warning)]
    [InlineData(RewardStatus.Failed, LogLevel.Warning)]
    public async Task WithLogging_EachStatus_HasItsLevel(RewardStatus status, LogLevel level)
    {
        var log = new ListLogger();
        var outcome = status == RewardStatus.Scored ? RewardOutcome.Scored(0.5, true) : RewardOutcome.Unscored(status, "the reason");

        Assert.Same(outcome, await new ScriptedReward(outcome, "logged").WithLogging(log).ScoreAsync(ScriptedReward.Request("SECRET ANSWER"), CancellationToken.None));

        var (found, text) = Assert.Single(log.Lines);
        Assert.Equal(level, found);
        Assert.Contains("logged", text, StringComparison.Ordinal);
        Assert.Contains(status == RewardStatus.Scored ? "0.5" : "the reason", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithLogging_Exception_IsLoggedAndThrown()
    {
        var log = new ListLogger();
        var reward = new ScriptedReward((_, _) => throw new InvalidOperationException("a bug")).WithLogging(log);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await reward.ScoreAsync(ScriptedReward.Request(), CancellationToken.None));

        Assert.Equal(LogLevel.Error, Assert.Single(log.Lines).Level);
    }

    [Fact]
    public async Task WithLogging_Metrics_CarryTimeScoreAndName()
    {
        var time = new FakeTimeProvider();
        // The meter is the process's: a name of our own tells our measurements from those of tests that run meanwhile.
        var name = $"measured-{Guid.NewGuid()}";
        var seen = new List<(string Instrument, double Value, string? Status)>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == RewardDecorators.MeterName) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (!tags.Contains(new KeyValuePair<string, object?>("reward", name))) return;
            string? status = null;
            foreach (var tag in tags) if (tag.Key == "status") status = (string?)tag.Value;
            lock (seen) seen.Add((instrument.Name, value, status));
        });
        listener.Start();
        var reward = new ScriptedReward((_, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return new(RewardOutcome.Scored(0.25));
        }, name).WithLogging(new ListLogger(), time);

        await reward.ScoreAsync(ScriptedReward.Request(), CancellationToken.None);

        Assert.Equal([("kdrl.reward.duration", 2.0, "Scored"), ("kdrl.reward.value", 0.25, null)], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_RequestsWithoutASlot_AreCountedUntilTheirTurn(bool limited)
    {
        var name = $"waited-{Guid.NewGuid()}";
        var (waiting, most) = (0L, 0L);
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i is { Meter.Name: RewardDecorators.MeterName, Name: "kdrl.reward.waiting" }) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((_, change, tags, _) =>
        {
            if (!tags.Contains(new KeyValuePair<string, object?>("reward", name))) return;
            lock (listener) most = Math.Max(most, waiting += change);
        });
        listener.Start();
        var (arrived, both, go) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        IReward reward = new ScriptedReward(async (_, _) =>
        {
            if (Interlocked.Increment(ref arrived) == 2) both.SetResult();
            await go.Task;
            return RewardOutcome.Scored(1);
        }, name);

        var scoring = limited ? reward.WithConcurrencyLimit(2).ScoreAllAsync(Enumerable.Repeat(ScriptedReward.Request(), 5)) : reward.ScoreAllAsync(Enumerable.Repeat(ScriptedReward.Request(), 5), 2);
        await both.Task;
        for (var i = 0; i < 500 && Interlocked.Read(ref waiting) < 3; i++) await Task.Delay(10);
        Assert.Equal(3, Interlocked.Read(ref waiting));
        go.SetResult();
        await scoring;

        Assert.Equal(0, Interlocked.Read(ref waiting));
        Assert.InRange(most, 3, 5);
    }

    private sealed class ListLogger : ILogger
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
