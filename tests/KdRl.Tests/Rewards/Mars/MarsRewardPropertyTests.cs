using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Tests.Rewards.Mars;

[Properties(Arbitrary = [typeof(ArbitraryOutcome)])]
public class MarsRewardPropertyTests
{
    [Property]
    public void Score_AnyOutcomes_HasAValueExactlyWhenEverythingThatCountsHasOne(RewardOutcome primary, RewardOutcome format, RewardOutcome first, RewardOutcome second)
    {
        primary = primary.Shape(v => Math.Clamp(v, 0, 1));
        var result = Score(Mars(primary, format, first, second));

        Assert.Equal(result.Status == RewardStatus.Scored, result.Value is not null);
        Assert.Equal(primary.Correct, result.Correct);
        Assert.Equal(primary.Value, result.Parts.TryGetValue("math", out var value) ? value : null);
        foreach (var name in new[] { "math", "format", "first", "second" }) Assert.Contains($"{name}/part", result.Parts.Keys);
        if (Fault(format)) Assert.Equal(format.Status, result.Status);
        else if (format.Value < 1) Assert.Equal(-1, result.Value);
        else if (primary.Value is null) Assert.Equal(primary.Status, result.Status);
        else if (Fault(first) || Fault(second)) Assert.Equal(Fault(first) ? first.Status : second.Status, result.Status);
        else Assert.Equal(primary.Value.Value + 0.1 * Math.Clamp(first.Value ?? 0, -1, 1) - 0.3 * Math.Clamp(second.Value ?? 0, -1, 1), result.Value!.Value, 12);
    }

    [Property]
    public void Score_BrokenForm_NeverPays(RewardOutcome primary, RewardOutcome first, RewardOutcome second, RewardOutcome otherFirst, RewardOutcome otherSecond)
    {
        var broken = Score(Mars(primary, RewardOutcome.Scored(0), first, second));
        var kept = Score(Mars(primary, RewardOutcome.Scored(1), otherFirst, otherSecond));

        Assert.NotNull(broken.Value);
        Assert.False(broken.Value > kept.Value);
    }

    [Property]
    public void Score_AuxiliaryWeights_NeverChangeTheVerdict(RewardOutcome primary, RewardOutcome format, RewardOutcome first, RewardOutcome second, sbyte weight) =>
        Assert.Equal(Score(Mars(primary, format, first, second)).Correct, Score(Mars(primary, format, first, second, weight)).Correct);

    private static bool Fault(RewardOutcome outcome) => outcome.Status is RewardStatus.TimedOut or RewardStatus.Failed;

    private static MarsReward Mars(RewardOutcome primary, RewardOutcome format, RewardOutcome first, RewardOutcome second, double weight = 0.1) => new(
        new MarsRewards
        {
            Verifiers = { ["math"] = new ScriptedReward(primary) }, Format = new ScriptedReward(format),
            Auxiliaries = { ["first"] = new ScriptedReward(first), ["second"] = new ScriptedReward(second) },
        },
        new MarsOptions { Auxiliaries = { ["first"] = new() { Weight = weight }, ["second"] = new() { Weight = -0.3 } } });

    private static RewardOutcome Score(MarsReward mars) =>
        mars.ScoreAsync(RewardRequest.Of(Prompt.FromText("q", "?") with { Task = "math" }, ""), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
