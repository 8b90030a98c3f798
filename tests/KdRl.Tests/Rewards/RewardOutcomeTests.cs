using KdRl.Rewards;

namespace KdRl.Tests.Rewards;

public class RewardOutcomeTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Scored_NotFinite_IsRefused(double value)
    {
        var error = Assert.Throws<ArgumentException>(() => RewardOutcome.Scored(value));

        Assert.Contains(value.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RewardStatus.NotApplicable)]
    [InlineData(RewardStatus.TimedOut)]
    [InlineData(RewardStatus.Failed)]
    public void Unscored_AnyReason_HasNoNumberAndNoVerdict(RewardStatus status)
    {
        var outcome = RewardOutcome.Unscored(status, "the sandbox was killed");

        Assert.Equal(status, outcome.Status);
        Assert.Null(outcome.Value);
        Assert.Null(outcome.Correct);
        Assert.Equal("the sandbox was killed", outcome.Reason);
    }

    [Fact]
    public void Unscored_WithStatusScored_IsRefused() =>
        Assert.Throws<ArgumentException>(() => RewardOutcome.Unscored(RewardStatus.Scored, "no number"));

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void FromVerdict_RightOrWrong_IsScoredOneOrZero(bool correct, double value)
    {
        var outcome = RewardOutcome.FromVerdict(correct);

        Assert.Equal((RewardStatus.Scored, value, correct), (outcome.Status, outcome.Value, outcome.Correct));
    }

    [Fact]
    public void Scored_WithoutVerdict_LeavesItUnknown() => Assert.Null(RewardOutcome.Scored(0.3).Correct);
}
