using KdRl.Rewards;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace KdRl.Tests.Rewards.Judges.Calls;

public class JudgeOutageTests
{
    private static readonly CallFault Passing = new(RewardStatus.Failed, "HTTP 500", IsPassing: true), Final = new(RewardStatus.Failed, "HTTP 400", IsPassing: false);
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Refuses_NothingButFaultsForLong_FailsAtOnceButForAProbe()
    {
        var outage = new JudgeOutage(TimeSpan.FromMinutes(10), time);
        Fail(outage, 11);

        Assert.Contains("the judge is down: 11 requests in a row failed, over 600 s", outage.Refuses()!.Reason, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(outage.Refuses());
        Assert.NotNull(outage.Refuses());

        outage.Record(null);
        Assert.Null(outage.Refuses());
    }

    [Theory]
    [InlineData(10, 60)] // Nine minutes.
    [InlineData(9, 600)] // Few faults, however long ago: nobody asked in between.
    [InlineData(1000, 0.1)]
    public void Refuses_FewFaultsOrAShortWhile_Nothing(int faults, double seconds)
    {
        var outage = new JudgeOutage(TimeSpan.FromMinutes(10), time);

        Fail(outage, faults, seconds);
        time.Advance(TimeSpan.FromHours(1));

        Assert.Null(outage.Refuses());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Record_AnyAnswer_ShowsThatTheJudgeIsThere(bool refusal)
    {
        var outage = new JudgeOutage(TimeSpan.FromMinutes(10), time);
        Fail(outage, 10);

        outage.Record(refusal ? Final : null);
        Fail(outage, 10);

        Assert.Null(outage.Refuses());
    }

    [Fact]
    public void Refuses_NoLimit_Nothing()
    {
        var outage = new JudgeOutage(null, time);
        Fail(outage, 1000);

        Assert.Null(outage.Refuses());
    }

    [Fact]
    public async Task ScoreAsync_JudgeThatIsDown_FailsAtOnceUntilItIsBack()
    {
        var up = false;
        var client = new ScriptedChatClient((r, _) => up
            ? Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, r.Verdict("\"score\": 10"))))
            : Task.FromException<ChatResponse>(JudgeCallsTests.Http(503)));
        using var judge = new JudgeReward(
            client, new PointwiseJudgeTask([new JudgeCriterion { Name = "score", Description = "How good?" }]), new JudgeOptions { Calls = new() { MaxRetries = 0, MaxOutage = TimeSpan.FromMinutes(10) } }, time);

        for (var i = 0; i < 11; i++)
        {
            if (i > 0) time.Advance(TimeSpan.FromMinutes(1));
            Assert.Contains("HTTP 503", (await Ask()).Reason, StringComparison.Ordinal);
        }
        for (var i = 0; i < 100; i++) Assert.Contains("is down", (await Ask()).Reason, StringComparison.Ordinal);
        Assert.Equal(11, judge.Usage.Calls);

        up = true;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await Ask()).Value);
        Assert.Equal(1, (await Ask()).Value);

        Task<RewardOutcome> Ask() => judge.ScoreAsync(Requests.Of("Because."), default).AsTask();
    }

    private void Fail(JudgeOutage outage, int times, double seconds = 60)
    {
        for (var i = 0; i < times; i++)
        {
            if (i > 0) time.Advance(TimeSpan.FromSeconds(seconds));
            outage.Record(Passing);
        }
    }
}
