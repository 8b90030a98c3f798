using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Rewards;
using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Rules;

public class LengthTests
{
    private static readonly CosineLengthOptions Cosine = new() { MaxLength = 100 };

    [Theory]
    [InlineData(0, true, 1)]
    [InlineData(50, true, 0.75)]
    [InlineData(100, true, 0.5)]
    [InlineData(1000, true, 0.5)] // Without the clamp it would climb again.
    [InlineData(0, false, -1)]
    [InlineData(50, false, -0.75)]
    [InlineData(100, false, -0.5)]
    [InlineData(25, true, 0.75 + (0.25 * 0.70710678118654757))]
    public void CosineScore_Golden_FollowsTheCurve(int length, bool correct, double expected) =>
        Assert.Equal(expected, CosineLength.Score(length, correct, Cosine), 12);

    [Property]
    public bool CosineScore_Longer_IsWorseWhenRightAndBetterWhenWrong(ushort a, ushort b)
    {
        var (shorter, longer) = (Math.Min(a, b), Math.Max(a, b));
        return CosineLength.Score(shorter, true, Cosine) >= CosineLength.Score(longer, true, Cosine)
            && CosineLength.Score(shorter, false, Cosine) <= CosineLength.Score(longer, false, Cosine)
            && CosineLength.Score(longer, true, Cosine) > CosineLength.Score(longer, false, Cosine);
    }

    [Fact]
    public void CosineReward_RightAndWrong_KeepsTheVerdict()
    {
        var reward = new CosineLengthReward(Requests.Verifier, Cosine);
        var right = reward.Score(Requests.Of("right", tokens: 50));

        Assert.Equal((0.75, true), (right.Value!.Value, right.Correct!.Value));
        Assert.Equal(50, right.Parts["length"]);
        Assert.Equal((-0.75, false), (reward.Score(Requests.Of("no", tokens: 50)).Value!.Value, reward.Score(Requests.Of("no", tokens: 50)).Correct!.Value));
    }

    [Fact]
    public void ShapedReward_VerifierWithoutScoreOrVerdict_GivesNoScore()
    {
        var failed = Reward.Create("broken", _ => RewardOutcome.Unscored(RewardStatus.TimedOut, "late"));
        var opinion = Reward.Create("opinion", _ => RewardOutcome.Scored(0.3));

        Assert.Equal(RewardStatus.TimedOut, new CosineLengthReward(failed, Cosine).Score(Requests.Of("x")).Status);
        Assert.Equal(RewardStatus.NotApplicable, new CosineLengthReward(opinion, Cosine).Score(Requests.Of("x")).Status);
    }

    [Theory]
    [InlineData(0, 1, .5)] // No limit.
    [InlineData(10, -1, .5)] // A right answer at length 0 would earn less than a wrong one.
    [InlineData(10, double.NaN, .5)]
    public void CosineReward_SenselessOptions_AreRefused(int limit, double rightShort, double rightLong) => Assert.Throws<OptionsValidationException>(
        () => new CosineLengthReward(Requests.Verifier, new CosineLengthOptions { MaxLength = limit, RightShort = rightShort, RightLong = rightLong }));

    [Theory]
    [InlineData(1000, 1000, true, 1)]
    [InlineData(2000, 1000, true, 0.7)]
    [InlineData(0, 1000, false, -0.3)]
    public void TargetExact_Golden_PaysForEachToken(int length, int target, bool correct, double expected) =>
        Assert.Equal(expected, TargetLength.Exact(length, target, correct), 12);

    [Theory]
    [InlineData(1000, 1000, true, 0.5)]
    [InlineData(0, 1000, true, 0.8)]
    [InlineData(0, 10_000, true, 1)]
    [InlineData(10_000, 1000, true, 0)]
    [InlineData(0, 1000, false, 0)]
    public void TargetMax_Golden_IsClipped(int length, int target, bool correct, double expected) =>
        Assert.Equal(expected, TargetLength.Max(length, target, correct), 12);

    [Property]
    public bool TargetScores_AnyLength_StayInRangeAndFallWithTheDistance(ushort length, ushort more, ushort target) =>
        TargetLength.Max(length, target, true) is >= 0 and <= 1
        && TargetLength.Max(length + more, target, true) <= TargetLength.Max(length, target, true)
        && TargetLength.Exact(target + more, target, true) <= 1
        && TargetLength.Exact(target + more, target, true) == TargetLength.Exact(target, target + more, true);

    [Fact]
    public void TargetReward_TargetFromPromptOrOptions_IsUsed()
    {
        var reward = new TargetLengthReward(Requests.Verifier);
        var named = new Dictionary<string, string> { ["target_length"] = "100" };
        var budget = new TargetLengthReward(Requests.Verifier, new TargetLengthOptions { TargetIsBudget = true, Target = 10, Alpha = .01 });

        Assert.Equal(1 - 0.03, reward.Score(Requests.Of("right", tokens: 200, metadata: named)).Value!.Value, 12);
        Assert.Equal(RewardStatus.NotApplicable, reward.Score(Requests.Of("right", tokens: 200)).Status);
        Assert.Equal(RewardStatus.Failed, reward.Score(Requests.Of("right", metadata: new Dictionary<string, string> { ["target_length"] = "-5" })).Status);
        Assert.Equal(0.4, budget.Score(Requests.Of("right", tokens: 20)).Value!.Value, 12);
        Assert.Throws<OptionsValidationException>(() => new TargetLengthReward(Requests.Verifier, new TargetLengthOptions { Delta = .5 }));
    }

    [Fact]
    public void KimiScore_Golden_IsRelativeToTheGroup()
    {
        Assert.Equal([0.5, 0, -0.5, -0.5], KimiLength.Score([100, 200, 300, 300], [true, true, true, false]));
        Assert.Equal([0, 0.25, 0], KimiLength.Score([100, 200, 500], [false, true, false]).Select(v => v < -0.4 ? 0 : v)); // Short and wrong earns nothing.
        Assert.Equal([0, 0], KimiLength.Score([7, 7], [true, false]));
        Assert.Empty(KimiLength.Score([], []));
    }

    [Property]
    public bool KimiScore_AnyGroup_IsInRangeAndIgnoresOrderAndScale(byte[] lengths, int seed)
    {
        int[] tokens = [.. lengths.Select(l => (int)l)];
        bool[] correct = [.. tokens.Select((_, i) => ((seed >> (i % 30)) & 1) == 1)];
        var scores = KimiLength.Score(tokens, correct);
        var scaled = KimiLength.Score([.. tokens.Select(t => (3 * t) + 5)], correct);
        var reversed = KimiLength.Score([.. tokens.Reverse()], [.. correct.Reverse()]);
        return scores.Zip(correct).All(s => s.First is >= -0.5 and <= 0.5 && (s.Second || s.First <= 0))
            && scores.Zip(scaled).All(p => Math.Abs(p.First - p.Second) < 1e-12)
            && scores.SequenceEqual(reversed.Reverse());
    }

    [Fact]
    public void KimiScore_ListsThatDoNotFit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => KimiLength.Score([1], []));
        Assert.Throws<ArgumentException>(() => KimiLength.Score([-1], [true]));
    }

    [Fact]
    public void KimiReward_Group_AddsToScoresAndLeavesVerdictsAndFaults()
    {
        var late = RewardOutcome.Unscored(RewardStatus.TimedOut, "late");
        var group = Group([10, 999, 30, 20], [RewardOutcome.FromVerdict(true), late, RewardOutcome.FromVerdict(true), RewardOutcome.FromVerdict(false)]);
        var reward = new KimiLengthReward(Requests.Verifier, new KimiLengthOptions { Weight = 0.2 });

        var shaped = reward.ShapeGroup(group);

        Assert.Equal([1.1, null, 0.9, 0], shaped.Rollouts.Select(r => r.Outcome.Value));
        Assert.Same(late, shaped.Rollouts[1].Outcome);
        Assert.Equal(group.Statistics.Accuracy, shaped.Statistics.Accuracy);
        Assert.Equal(0.1, shaped.Rollouts[0].Outcome.Parts["kimi_length"], 12);
        Assert.Equal(1, reward.Score(Requests.Of("right", 5)).Value); // Alone it has nothing to be compared with.
        Assert.Same(Requests.Verifier, Assert.Single(((IReward)reward).Inner));
    }

    [Fact]
    public void KimiReward_WarmUp_LeavesGroupsAsTheyAre()
    {
        var reward = new KimiLengthReward(Requests.Verifier, new KimiLengthOptions { WarmupSteps = 10 });
        RewardOutcome[] right = [RewardOutcome.FromVerdict(true), RewardOutcome.FromVerdict(true)];
        var early = Group([1, 2], right, version: 9);

        Assert.Same(early, reward.ShapeGroup(early));
        Assert.Equal([1.5, 0.5], reward.ShapeGroup(Group([1, 2], right, version: 10)).Rollouts.Select(r => r.Outcome.Value));
        Assert.Throws<OptionsValidationException>(() => new KimiLengthReward(Requests.Verifier, new KimiLengthOptions { Weight = double.PositiveInfinity }));
        Assert.Throws<OptionsValidationException>(() => new KimiLengthReward(Requests.Verifier, new KimiLengthOptions { WarmupSteps = -1 }));
    }

    private static ScoredGroup Group(int[] lengths, RewardOutcome[] outcomes, long version = 0) => new(
        Prompt.FromText("q", "?"), [.. lengths.Zip(outcomes, (tokens, outcome) => new ScoredRollout(Requests.Of("", new int[tokens]).Rollout with { PolicyVersion = version }, outcome))]);
}
