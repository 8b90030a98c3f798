using System.Text;
using KdRl.Rewards;
using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Decorators;

public class NormalizedRewardTests
{
    private static readonly Prompt Question = Prompt.FromText("q", "?");
    private static readonly IReward Judge = Reward.Create("judge", r => RewardOutcome.Scored(double.Parse(r.Response)));

    [Fact]
    public async Task Score_KnownStatistics_IsTheClippedZScore()
    {
        // 5, 6, 7: mean 6, deviation (n - 1) 1.
        var reward = (NormalizedReward)Judge.WithNormalization();
        await Step(reward, 5, 6, 7);

        Assert.Equal((6.0, 1.0), (reward.Statistics.Mean, reward.Statistics.Deviation));
        Assert.Equal([2.0, -1, 2, -2], (await Scores(reward, 8, 5, 9, -100)).Select(o => o.Value!.Value));
        Assert.Equal([1.5], (await Scores((NormalizedReward)await Learnt(new NormalizationOptions { Clip = 1.5 }, 5, 6, 7), 8)).Select(o => o.Value!.Value));
        Assert.Equal(8, (await Scores(reward, 8))[0].Parts["raw"]);
    }

    [Fact]
    public async Task Score_TooLittleKnown_IsZero()
    {
        var reward = (NormalizedReward)Judge.WithNormalization();

        Assert.All(await Step(reward, 5), o => Assert.Equal(0, o.Value));
        Assert.All(await Step(reward, 5), o => Assert.Equal(0, o.Value));
        Assert.All(await Step(reward, 5, 900), o => Assert.Equal(0, o.Value));
        Assert.NotEqual(0, (await Scores(reward, 900))[0].Value);
    }

    [Fact]
    public async Task Score_WithinAStep_DoesNotDependOnTheOrder()
    {
        var reward = (NormalizedReward)await Learnt(new NormalizationOptions(), 1, 2, 5);

        var forth = await Scores(reward, 1, 4, 9);
        var back = await Scores(reward, 9, 4, 1);

        Assert.Equal(forth.Select(o => o.Value), back.Reverse().Select(o => o.Value));
    }

    [Fact]
    public async Task Observe_Statistics_AreThoseOfTheCompletionsThatTrained()
    {
        var reward = (NormalizedReward)Judge.WithNormalization();
        await Scores(reward, 100, 200);

        await Step(reward, 1, 2);
        await Scores(reward, -50);
        await Step(reward, 3, 4);

        Assert.Equal((4.0, 2.5), (reward.Statistics.Weight, reward.Statistics.Mean));
        Assert.Equal(Math.Sqrt(5 / 3.0), reward.Statistics.Deviation, 12);
    }

    [Fact]
    public async Task Observe_InnerRewardSeesAnotherText_StillLearns()
    {
        // Such as a reward that passes on the answer without its thinking part.
        var reward = (NormalizedReward)Judge.WithNormalization();
        var outer = new ScriptedReward((request, ct) => reward.ScoreAsync(request with { Rollout = request.Rollout with { Text = request.Response[1..] } }, ct));
        var rollouts = new[] { "x1", "x3" }.Select(Written).ToArray();

        var outcomes = await outer.ScoreAllAsync(rollouts.Select(r => new RewardRequest(Question, r)));
        reward.Observe([new ScoredGroup(Question, [.. rollouts.Zip(outcomes, (r, o) => new ScoredRollout(r, o))])]);

        Assert.Equal(2, reward.Statistics.Mean);
    }

    [Fact]
    public async Task Observe_WithDecay_FollowsADrift()
    {
        var reward = (NormalizedReward)Judge.WithNormalization(new NormalizationOptions { Decay = 0.5 });
        await Step(reward, 0, 2);

        await Step(reward, 10, 12);

        // The two old scores count as one: (1·1 + 10 + 12)/3.
        Assert.Equal(3, reward.Statistics.Weight);
        Assert.Equal(23 / 3.0, reward.Statistics.Mean, 12);
    }

    [Fact]
    public async Task SaveLoad_Statistics_AreBitEqual()
    {
        var reward = (NormalizedReward)await Learnt(new NormalizationOptions { Decay = 0.9 }, 0.1, 0.2, 1 / 3.0, Math.PI);
        using var stream = new MemoryStream();
        reward.Save(stream);
        stream.Position = 0;
        var other = (NormalizedReward)Judge.WithNormalization(new NormalizationOptions { Decay = 0.9 });

        other.Load(stream);

        Assert.Equal(reward.Statistics, other.Statistics);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"Weight":-1,"Mean":0,"SquaredDeviations":0}""")]
    public void Load_SomethingElse_IsRefused(string text)
    {
        var reward = (NormalizedReward)Judge.WithNormalization();

        Assert.Throws<InvalidDataException>(() => reward.Load(new MemoryStream(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void WithNormalization_Twice_IsRefused() => Assert.Throws<ArgumentException>(() => Judge.WithNormalization().WithWeight(2).WithNormalization());

    [Fact]
    public void WithNormalization_OptionOutOfRange_IsNamed() =>
        Assert.Contains("Decay", Assert.Throws<OptionsValidationException>(() => Judge.WithNormalization(new NormalizationOptions { Decay = 0 })).Message, StringComparison.Ordinal);

    private static async Task<IReward> Learnt(NormalizationOptions options, params double[] scores)
    {
        var reward = (NormalizedReward)Judge.WithNormalization(options);
        await Step(reward, scores);
        return reward;
    }

    /// <summary>Scores a group and learns from it, as a run does.</summary>
    private static async Task<RewardOutcome[]> Step(NormalizedReward reward, params double[] scores)
    {
        var rollouts = scores.Select(s => Written($"{s}")).ToArray();
        var outcomes = await reward.ScoreAllAsync(rollouts.Select(r => new RewardRequest(Question, r)));
        reward.Observe([new ScoredGroup(Question, [.. rollouts.Zip(outcomes, (r, o) => new ScoredRollout(r, o))])]);
        return [.. outcomes];
    }

    /// <summary>Scores without learning, as an evaluation does.</summary>
    private static async Task<RewardOutcome[]> Scores(NormalizedReward reward, params double[] scores) =>
        [.. await reward.ScoreAllAsync(scores.Select(s => new RewardRequest(Question, Written($"{s}"))))];

    private static Rollout Written(string text) => RewardRequest.Of(Question, text).Rollout;
}
