using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Judges.Tasks;

public class PairwiseJudgeTaskTests
{
    [Theory]
    [InlineData("A", "B", 1.0, 1.0, 1.0)]
    [InlineData("B", "A", 0.0, 0.0, 0.0)]
    [InlineData("tie", "tie", 0.5, 0.5, 0.5)]
    [InlineData("A", "tie", 0.75, 1.0, 0.5)]
    [InlineData("tie", "A", 0.25, 0.5, 0.0)]
    [InlineData("A", "A", 0.5, 1.0, 0.0)] // Whoever comes first wins: a preference for a place.
    [InlineData("B", "B", 0.5, 0.0, 1.0)]
    public async Task ScoreAsync_BothOrders_AreAveraged(string shownFirst, string shownSecond, double value, double first, double second)
    {
        using var judge = Judge(shownFirst, shownSecond, new PairwiseJudgeTask());

        var outcome = await judge.ScoreAsync(Requests.Of("ours", reference: "rival"), default);

        Assert.Equal(value, outcome.Value);
        Assert.Equal((first, second), (outcome.Parts["shown_first"], outcome.Parts["shown_second"]));
        Assert.Null(outcome.Correct);
        var contradictory = first + second == 1 && first != second ? 1 : 0;
        Assert.Equal((contradictory, contradictory), (outcome.Parts["contradictory"], judge.Usage.ContradictionRate));
    }

    [Theory]
    [InlineData("A", "A", RewardStatus.Failed)]
    [InlineData("B", "B", RewardStatus.Failed)]
    [InlineData("A", "tie", RewardStatus.Scored)]
    [InlineData("tie", "tie", RewardStatus.Scored)]
    public async Task ScoreAsync_ContradictionIsUnscored_GivesAStatus(string shownFirst, string shownSecond, RewardStatus status)
    {
        using var judge = Judge(shownFirst, shownSecond, new PairwiseJudgeTask { OnContradiction = PairContradiction.Unscored });

        var outcome = await judge.ScoreAsync(Requests.Of("ours", reference: "rival"), default);

        Assert.Equal(status, outcome.Status);
        if (status != RewardStatus.Scored) Assert.Contains("depends on the order", outcome.Reason, StringComparison.Ordinal);
    }

    [Property(MaxTest = 30)]
    public bool ScoreAsync_AnswersSwapped_SumToOne(byte quality, byte rivalQuality)
    {
        // A judge that compares numbers, and prefers the first place when they are close.
        string Winner(int a, int b) => Math.Abs(a - b) < 10 ? "A" : a > b ? "A" : "B";
        using var judge = new JudgeReward(
            new ScriptedChatClient(r => r.Verdict($"\"winner\": \"{Winner(int.Parse(r.Block("answer A")), int.Parse(r.Block("answer B")))}\"")), new PairwiseJudgeTask());
        double Score(byte ours, byte rival) => judge.ScoreAsync(Requests.Of($"{ours}", reference: $"{rival}"), default).AsTask().GetAwaiter().GetResult().Value!.Value;

        return Score(quality, rivalQuality) + Score(rivalQuality, quality) == 1;
    }

    [Fact]
    public async Task ScoreAsync_OneOrderFails_HasNoScore()
    {
        using var judge = new JudgeReward(
            new ScriptedChatClient(r => r.Block("answer A") == "ours" ? r.Verdict("\"winner\": \"A\"") : "I cannot say."), new PairwiseJudgeTask());

        var outcome = await judge.ScoreAsync(Requests.Of("ours", reference: "rival"), default);

        Assert.Equal((RewardStatus.Failed, null), (outcome.Status, outcome.Value));
    }

    [Fact]
    public async Task ScoreAsync_RivalKey_NamesTheRival()
    {
        var client = new ScriptedChatClient(r => r.Verdict("\"winner\": \"tie\""));
        using var judge = new JudgeReward(client, new PairwiseJudgeTask { RivalKey = "baseline" });

        await judge.ScoreAsync(Requests.Of("ours", reference: "not this", metadata: ("baseline", "the rival")), default);

        Assert.Contains(client.Requests, r => r.Block("answer B") == "the rival");
        Assert.Equal(RewardStatus.NotApplicable, (await judge.ScoreAsync(Requests.Of("ours", reference: "not this"), default)).Status);
    }

    [Fact]
    public async Task ScoreAsync_EmptyAnswer_LosesWithoutACall()
    {
        using var judge = Judge("A", "B", new PairwiseJudgeTask());

        Assert.Equal(0, (await judge.ScoreAsync(Requests.Of(" ", reference: "rival"), default)).Value);
        Assert.Equal(0, judge.Usage.Calls);
    }

    [Fact]
    public void Constructor_EmptyQuestion_IsRefused() => Assert.Throws<OptionsValidationException>(() => Judge("A", "B", new PairwiseJudgeTask { Question = " " }));

    private static JudgeReward Judge(string shownFirst, string shownSecond, PairwiseJudgeTask task) =>
        new(new ScriptedChatClient(r => r.Verdict($"\"winner\": \"{(r.Block("answer A") == "ours" ? shownFirst : shownSecond)}\"")), task);
}
