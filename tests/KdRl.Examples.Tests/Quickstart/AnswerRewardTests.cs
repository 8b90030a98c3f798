using KdRl.Examples.Quickstart.Tasks;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Examples.Tests.Quickstart;

public sealed class AnswerRewardTests
{
    [Theory]
    [InlineData("5+4=2,2*6=5;", FinishReason.Stop, 1, 1)]
    [InlineData("5+4=2,2*6=4;", FinishReason.Stop, 1, 0)]
    [InlineData("5;", FinishReason.Stop, 0, 0)]
    [InlineData("5+4=2,2*6=5", FinishReason.Length, 0, 0)]
    public async Task Create_Answer_IsScoredAsTheVerifierDoesAndShowsEveryPart(string response, FinishReason finish, double form, double value)
    {
        var prompt = ModularProblem.Of(5, [('+', 4), ('*', 6)]).ToPrompt();

        var outcome = await AnswerReward.Create().ScoreAsync(RewardRequest.Of(prompt, response, finishReason: finish), CancellationToken.None);

        Assert.Equal(AnswerVerifier.Verify("5", response, finish == FinishReason.Stop) is { Value: var expected, Correct: var correct } ? (expected, correct) : default, (outcome.Value, outcome.Correct));
        Assert.Equal((value, form, value), (outcome.Value!.Value, outcome.Parts["format"], outcome.Parts["arithmetic"]));
    }
}
