using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Judges.Tasks;

public class ReferenceJudgeTaskTests
{
    [Theory]
    [InlineData("Four", 1, true)]
    [InlineData("Five", 0, false)]
    public async Task ScoreAsync_Verdict_IsTheScoreAndCorrect(string answer, double value, bool correct)
    {
        using var judge = new JudgeReward(Calculator(), new ReferenceJudgeTask());

        var outcome = await judge.ScoreAsync(Requests.Of(answer, reference: "4"), default);

        Assert.Equal((value, correct), (outcome.Value, outcome.Correct));
    }

    [Fact]
    public async Task ScoreAsync_ArgumentsBesideTheAnswer_DoNotReachTheJudge()
    {
        var client = Calculator();
        using var judge = new JudgeReward(client, new ReferenceJudgeTask());

        await judge.ScoreAsync(Requests.Of("<think>hm</think>Two and two make four, as every grader knows.\n\nFour\n", reference: "4"), default);

        Assert.Equal("Four", client.Requests.Single().Block("final answer"));
        Assert.DoesNotContain("grader", client.Requests.Single().User, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAsync_NoFinalAnswer_IsWrongWithoutACall()
    {
        using var judge = new JudgeReward(Calculator(), new ReferenceJudgeTask { FinalAnswer = _ => null });

        var outcome = await judge.ScoreAsync(Requests.Of("Four", reference: "4"), default);

        Assert.Equal((0, false), (outcome.Value, outcome.Correct));
        Assert.Equal(0, judge.Usage.Calls);
    }

    [Theory]
    [InlineData(JudgeVoteRule.Median, 1.0)]
    [InlineData(JudgeVoteRule.Majority, 1.0)]
    [InlineData(JudgeVoteRule.Mean, 2.0 / 3)]
    public async Task ScoreAsync_TwoOfThreeVotes_MakeItCorrect(JudgeVoteRule rule, double value)
    {
        using var judge = new JudgeReward(
            new ScriptedChatClient(r => r.Verdict(r.Options.Seed == 1 ? "\"verdict\": \"different\"" : "\"verdict\": \"same\"")), new ReferenceJudgeTask(),
            new JudgeOptions { Votes = 3, VoteRule = rule });

        var outcome = await judge.ScoreAsync(Requests.Of("Four", reference: "4"), default);

        Assert.Equal(value, outcome.Value!.Value, 12);
        Assert.True(outcome.Correct);
    }

    [Theory]
    [InlineData(JudgeVoteRule.Median)]
    [InlineData(JudgeVoteRule.Majority)]
    [InlineData(JudgeVoteRule.Mean)]
    public async Task ScoreAsync_VotesSplitEvenly_HasNoScore(JudgeVoteRule rule)
    {
        using var judge = new JudgeReward(
            new ScriptedChatClient(r => r.Verdict(r.Options.Seed == 1 ? "\"verdict\": \"different\"" : "\"verdict\": \"same\"")), new ReferenceJudgeTask(),
            new JudgeOptions { Votes = 2, VoteRule = rule });

        Assert.Equal(RewardStatus.Failed, (await judge.ScoreAsync(Requests.Of("Four", reference: "4"), default)).Status);
    }

    [Fact]
    public async Task ScoreAsync_NoReference_DoesNotApply()
    {
        using var judge = new JudgeReward(Calculator(), new ReferenceJudgeTask { ReferenceKey = "gold" });

        Assert.Equal(RewardStatus.NotApplicable, (await judge.ScoreAsync(Requests.Of("Four", reference: "4"), default)).Status);
        Assert.Equal(1, (await judge.ScoreAsync(Requests.Of("Four", metadata: ("gold", "4")), default)).Value);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a\r\n b \n\n", "b")]
    [InlineData("\\boxed{1} and \\boxed{ {2} }.\nSo it is.", "{2}")]
    public void LastBoxOrLine_Text_IsItsFinalAnswer(string text, string answer) => Assert.Equal(answer, ReferenceJudgeTask.LastBoxOrLine(text));

    [Fact]
    public void Constructor_NoFinalAnswer_IsRefused() =>
        Assert.Throws<OptionsValidationException>(() => new JudgeReward(Calculator(), new ReferenceJudgeTask { FinalAnswer = null! }));

    private static ScriptedChatClient Calculator() =>
        new(r => r.Verdict($"\"verdict\": \"{(r.Block("final answer") == "Four" && r.Block("reference") == "4" ? "same" : "different")}\""));
}
