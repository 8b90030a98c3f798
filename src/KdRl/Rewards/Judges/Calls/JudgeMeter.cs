using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace KdRl.Rewards;

/// <summary>Counts what one judge does, for <see cref="JudgeUsage"/> and for listeners of <see cref="RewardDecorators.MeterName"/>.</summary>
internal sealed class JudgeMeter(string judge, JudgeCallOptions prices)
{
    private static readonly Meter Meter = new(RewardDecorators.MeterName);
    private static readonly Counter<long> Calls = Meter.CreateCounter<long>("kdrl.judge.calls", "{request}", "Requests sent to the judge, by result");
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("kdrl.judge.call.duration", "s", "Time from sending a request to its result");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("kdrl.judge.retries", "{request}", "Requests sent again after a passing fault");
    private static readonly Counter<long> Malformed = Meter.CreateCounter<long>("kdrl.judge.malformed", "{reply}", "Replies without a valid verdict");
    private static readonly Counter<long> Pairs = Meter.CreateCounter<long>("kdrl.judge.pairs", "{pair}", "Pairs judged in both orders, by whether the orders agree");
    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("kdrl.judge.tokens", "{token}", "Tokens read and written, as the server reports them");
    private static readonly Counter<double> Cost = Meter.CreateCounter<double>("kdrl.judge.cost", null, "Cost of those tokens by the configured prices");

    private readonly KeyValuePair<string, object?> tag = new("reward", judge);
    private long calls, retries, malformed, pairs, contradictory, input, output;

    public JudgeUsage Snapshot()
    {
        var (read, written) = (Interlocked.Read(ref input), Interlocked.Read(ref output));
        return new JudgeUsage(
            Interlocked.Read(ref calls), Interlocked.Read(ref retries), Interlocked.Read(ref malformed),
            Interlocked.Read(ref pairs), Interlocked.Read(ref contradictory), read, written, CostOf(read, written));
    }

    public void Called(CallFault? fault, TimeSpan duration)
    {
        Interlocked.Increment(ref calls);
        var result = new KeyValuePair<string, object?>("result", fault is null ? "ok" : fault.Status == RewardStatus.TimedOut ? "timeout" : "error");
        Calls.Add(1, tag, result);
        Durations.Record(duration.TotalSeconds, tag, result);
    }

    public void Used(UsageDetails usage)
    {
        var (read, written) = (usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
        Interlocked.Add(ref input, read);
        Interlocked.Add(ref output, written);
        Tokens.Add(read, tag, new("kind", "input"));
        Tokens.Add(written, tag, new("kind", "output"));
        Cost.Add(CostOf(read, written), tag);
    }

    /// <summary>A request that waits for the rates, counted among those that wait.</summary>
    public async ValueTask<T> WaitAsync<T>(ValueTask<T> turn)
    {
        RewardMetrics.Waiting.Add(1, tag);
        try { return await turn.ConfigureAwait(false); }
        finally { RewardMetrics.Waiting.Add(-1, tag); }
    }

    public void Retried()
    {
        Interlocked.Increment(ref retries);
        Retries.Add(1, tag);
    }

    public void MalformedReply()
    {
        Interlocked.Increment(ref malformed);
        Malformed.Add(1, tag);
    }

    public void Paired(bool contradiction)
    {
        Interlocked.Increment(ref pairs);
        if (contradiction) Interlocked.Increment(ref contradictory);
        Pairs.Add(1, tag, new("contradictory", contradiction));
    }

    private double CostOf(long read, long written) => ((read * prices.InputPricePerMillion) + (written * prices.OutputPricePerMillion)) / 1e6;
}
