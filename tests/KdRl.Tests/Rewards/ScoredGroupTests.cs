using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards;

public class ScoredGroupTests
{
    private static readonly Prompt Question = Prompt.FromText("q", "1+1?");

    [Fact]
    public void Statistics_MissingScore_IsNotZero()
    {
        var statistics = Group(RewardOutcome.Scored(1, true), RewardOutcome.Unscored(RewardStatus.TimedOut, "late"), RewardOutcome.Scored(0.5)).Statistics;

        Assert.Equal(2, statistics.Scored);
        Assert.Equal(0.75, statistics.MeanReward);
        Assert.Equal(1, statistics.Accuracy);
        Assert.Equal(0, statistics.Difficulty);
        Assert.False(statistics.IsConstant);
    }

    [Fact]
    public void Statistics_NothingKnown_AreUnknownRatherThanZero()
    {
        var statistics = Group(RewardOutcome.Unscored(RewardStatus.Failed, "broken")).Statistics;

        Assert.Null(statistics.Accuracy);
        Assert.Null(statistics.Difficulty);
        Assert.Null(statistics.MeanReward);
        Assert.True(statistics.IsConstant);
    }

    [Fact]
    public void Statistics_Accuracy_FollowsVerdictsNotShapedScores()
    {
        var statistics = Group(RewardOutcome.Scored(-3, true), RewardOutcome.Scored(2, false), RewardOutcome.Scored(5, false), RewardOutcome.Scored(0, true)).Statistics;

        Assert.Equal(0.5, statistics.Accuracy);
    }

    [Fact]
    public void Statistics_EqualScores_AreConstant() =>
        Assert.True(Group(RewardOutcome.Scored(0.1 + 0.2), RewardOutcome.Scored(0.1 + 0.2), RewardOutcome.Unscored(RewardStatus.NotApplicable, "")).Statistics.IsConstant);

    [Fact]
    public void Statistics_Entropy_IsMinusTheMeanOverTokensOfAllRollouts()
    {
        var group = new ScoredGroup(Question, [Scored(RewardOutcome.Scored(0), -1, -2), Scored(RewardOutcome.Scored(0), -6)]);

        Assert.Equal(3, group.Statistics.Entropy, 12);
    }

    [Fact]
    public void Constructor_RolloutOfAnotherPrompt_IsRefusedByName()
    {
        var error = Assert.Throws<ArgumentException>(() => new ScoredGroup(Prompt.FromText("other", ""), [Scored(RewardOutcome.Scored(0))]));

        Assert.Contains("'q'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_NoRollouts_IsRefused() => Assert.Throws<ArgumentException>(() => new ScoredGroup(Question, []));

    private static ScoredGroup Group(params RewardOutcome[] outcomes) => new(Question, [.. outcomes.Select(o => Scored(o, -1))]);

    private static ScoredRollout Scored(RewardOutcome outcome, params float[] logProbs)
    {
        var rollout = new Rollout
        {
            PromptId = "q",
            PromptTokens = [1],
            CompletionTokens = new int[logProbs.Length],
            LogProbs = logProbs,
            FinishReason = FinishReason.Stop,
            PolicyVersion = 0,
            Text = "",
        };
        return new ScoredRollout(rollout, outcome);
    }
}
