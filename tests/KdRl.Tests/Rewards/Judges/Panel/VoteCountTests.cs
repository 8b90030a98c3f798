using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges.Panel;

public class VoteCountTests
{
    [Theory]
    [InlineData(JudgeVoteRule.Median, 7.0, new double[] { 9, 7, 1 })]
    [InlineData(JudgeVoteRule.Median, 6.0, new double[] { 9, 7, 5, 1 })]
    [InlineData(JudgeVoteRule.Mean, 5.5, new double[] { 9, 7, 5, 1 })]
    [InlineData(JudgeVoteRule.Majority, 7.0, new double[] { 7, 1, 7 })]
    [InlineData(JudgeVoteRule.Majority, 7.0, new double[] { 7 })]
    public void Combine_Votes_FollowsTheRule(JudgeVoteRule rule, double expected, double[] votes) => Assert.Equal(expected, VoteCount.Combine(votes, rule));

    [Theory]
    [InlineData(new double[] { 1, 2 })]
    [InlineData(new double[] { 1, 2, 3 })]
    [InlineData(new double[] { 1, 1, 2, 2 })]
    [InlineData(new double[] { 1, 1, 2, 3 })]
    public void Combine_NoMoreThanHalfAgree_HasNoMajority(double[] votes) => Assert.Null(VoteCount.Combine(votes, JudgeVoteRule.Majority));
}
