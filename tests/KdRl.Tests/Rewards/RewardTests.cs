using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards;

public class RewardTests
{
    private static readonly RewardRequest Request = new(Prompt.FromText("q", "?") with { Reference = "two" }, new Rollout
    {
        PromptId = "q",
        PromptTokens = [1],
        CompletionTokens = [2],
        LogProbs = [-1],
        FinishReason = FinishReason.Stop,
        PolicyVersion = 0,
        Text = "two",
    });

    [Fact]
    public async Task Create_Function_ScoresTheResponseAgainstTheReference()
    {
        var reward = Reward.Create("match", r => RewardOutcome.FromVerdict(r.Response == r.Prompt.Reference));

        Assert.Equal("match", reward.Name);
        Assert.Equal(1, (await reward.ScoreAsync(Request, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task ScoreAsync_NullInsteadOfAnOutcome_NamesTheReward()
    {
        var reward = Reward.Create("forgetful", _ => null!);

        foreach (var ask in new Func<Task>[] { async () => await reward.ScoreAsync(Request, default), () => reward.ScoreAllAsync([Request]), async () => await Reward.Product("all", reward).ScoreAsync(Request, default) })
            Assert.Contains("The reward forgetful returned null", (await Assert.ThrowsAsync<InvalidOperationException>(ask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_CancelledBeforehand_DoesNotScore()
    {
        var calls = 0;
        var reward = Reward.Create("count", _ => RewardOutcome.Scored(++calls));

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await reward.ScoreAsync(Request, new CancellationToken(canceled: true)));
        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Create_WithoutName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => Reward.Create(name, _ => RewardOutcome.Scored(0)));
}
