using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tests.Rewards.Rules;
using KdRl.Training;

namespace KdRl.Tests.Training.Rollouts;

public class RewardScorerTests
{
    private static readonly RolloutGroup Group = new(
        Prompt.FromText("q", "?"), [Requests.Of("right", 10).Rollout, Requests.Of("right", 30).Rollout, Requests.Of("wrong", 20).Rollout]);

    [Fact]
    public async Task ScoreAsync_GroupReward_ShapesTheWholeGroupWhereverItStands()
    {
        var length = new KimiLengthReward(Requests.Verifier);

        Assert.Equal([1.5, 0.5, 0], await Scores(length));
        // Its term comes on top of the final score: the weight outside of it does not touch it.
        Assert.Equal([2.5, 1.5, 0], await Scores(length.WithWeight(2)));
        Assert.Equal([2, 0, 0], await Scores(new KimiLengthReward(length)));
        Assert.Equal([1, 1, 0], await Scores(Requests.Verifier));
    }

    private static async Task<IEnumerable<double>> Scores(IReward reward) =>
        (await new RewardScorer(reward, 4).ScoreAsync(Group, CancellationToken.None)).Rollouts.Select(r => r.Outcome.Value!.Value);
}
