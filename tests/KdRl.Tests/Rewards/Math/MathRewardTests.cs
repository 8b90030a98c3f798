using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards;

public class MathRewardTests
{
    [Theory]
    [InlineData("42", @"\boxed{42}", RewardStatus.Scored, 1.0)]
    [InlineData("42", @"\boxed{41}", RewardStatus.Scored, 0.0)]
    [InlineData("42", "no answer", RewardStatus.Scored, 0.0)]
    [InlineData(@"\frac{1}{0}", @"\boxed{42}", RewardStatus.Failed, null)]
    [InlineData(null, @"\boxed{42}", RewardStatus.NotApplicable, null)]
    public async Task ScoreAsync_Response_GetsItsOutcome(string? reference, string response, RewardStatus status, double? value)
    {
        var outcome = await new MathReward().ScoreAsync(Request(reference, response), default);

        Assert.Equal((status, value, value is null ? null : value == 1), (outcome.Status, outcome.Value, outcome.Correct));
        Assert.NotNull(outcome.Reason);
    }

    [Fact]
    public async Task ScoreAsync_Cancelled_Throws() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new MathReward().ScoreAsync(Request("1", "1"), new CancellationToken(true)));

    private static RewardRequest Request(string? reference, string response) => new(Prompt.FromText("q", "?") with { Reference = reference }, new Rollout
    {
        PromptId = "q",
        PromptTokens = [1],
        CompletionTokens = [2],
        LogProbs = [-1],
        FinishReason = FinishReason.Stop,
        PolicyVersion = 0,
        Text = response,
    });
}
