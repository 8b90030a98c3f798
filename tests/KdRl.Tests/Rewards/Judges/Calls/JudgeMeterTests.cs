using KdRl.Rewards;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace KdRl.Tests.Rewards.Judges.Calls;

public class JudgeMeterTests
{
    private static readonly JudgeCriterion Score = new() { Name = "score", Description = "How good is it?" };

    [Fact]
    public async Task Usage_RepliesWithUsage_AddUpWhetherParsedOrNot()
    {
        var client = new ScriptedChatClient((r, _) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, r.Call == 1 ? "?" : r.Verdict("\"score\": 3")))
        {
            Usage = new UsageDetails { InputTokenCount = 100, OutputTokenCount = 20, TotalTokenCount = 120 },
        }));
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), new JudgeOptions { Name = "meter-test", Calls = new() { InputPricePerMillion = 2, OutputPricePerMillion = 10 } });
        using var tokens = new MetricCollector<long>(null, RewardDecorators.MeterName, "kdrl.judge.tokens");
        using var cost = new MetricCollector<double>(null, RewardDecorators.MeterName, "kdrl.judge.cost");
        using var calls = new MetricCollector<long>(null, RewardDecorators.MeterName, "kdrl.judge.calls");

        await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal(new JudgeUsage(2, 0, 1, 0, 0, 200, 40, (200 * 2 + 40 * 10) / 1e6), judge.Usage);
        Assert.Equal((200, 40), (Sum(tokens, "kind", "input"), Sum(tokens, "kind", "output")));
        Assert.Equal(2, Sum(calls, "result", "ok"));
        Assert.Equal(judge.Usage.Cost, Mine(cost).Sum(m => m.Value), 12);
    }

    [Fact]
    public async Task Usage_FaultsAndRetries_AreCounted()
    {
        var client = new ScriptedChatClient((r, _) => r.Call < 3
            ? Task.FromException<ChatResponse>(r.Call == 1 ? new TimeoutException() : JudgeCallsTests.Http(500))
            : Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, r.Verdict("\"score\": 3")))));
        using var judge = new JudgeReward(client, new PointwiseJudgeTask([Score]), new JudgeOptions { Name = "meter-test" }, new InstantTime(TimeSpan.FromMinutes(1)));
        using var calls = new MetricCollector<long>(null, RewardDecorators.MeterName, "kdrl.judge.calls");
        using var retries = new MetricCollector<long>(null, RewardDecorators.MeterName, "kdrl.judge.retries");

        await judge.ScoreAsync(Requests.Of("Because."), default);

        Assert.Equal((3, 2), (judge.Usage.Calls, judge.Usage.Retries));
        Assert.Equal((1, 1, 1), (Sum(calls, "result", "timeout"), Sum(calls, "result", "error"), Sum(calls, "result", "ok")));
        Assert.Equal(2, Mine(retries).Sum(m => m.Value));
    }

    // Other tests use the same meter at the same time.
    private static IEnumerable<CollectedMeasurement<T>> Mine<T>(MetricCollector<T> collector) where T : struct =>
        collector.GetMeasurementSnapshot().Where(m => Equals(m.Tags["reward"], "meter-test"));

    private static long Sum(MetricCollector<long> collector, string tag, string value) => Mine(collector).Where(m => Equals(m.Tags[tag], value)).Sum(m => m.Value);
}
