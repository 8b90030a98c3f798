using FsCheck.Xunit;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Combinators;

[Properties(Arbitrary = [typeof(ArbitraryOutcome)])]
public class CombinatorTests
{
    private static readonly RewardOutcome NotApplicable = RewardOutcome.Unscored(RewardStatus.NotApplicable, "no reference");

    [Property]
    public void WeightedSum_AnyMembers_FollowsTheRules(RewardOutcome a, RewardOutcome b, RewardOutcome c, sbyte weight)
    {
        var sum = Score(Reward.WeightedSum("sum", (Leaf("a", a), weight), (Leaf("b", b), 1), (Leaf("c", c), -0.5)));

        Follows(sum, [a, b, c], [weight * a.Value, b.Value, -0.5 * c.Value], (x, y) => x + y, 0);
    }

    [Property]
    public void Product_AnyMembers_FollowsTheRules(RewardOutcome a, RewardOutcome b, RewardOutcome c) =>
        Follows(Score(Reward.Product("product", Leaf("a", a), Leaf("b", b), Leaf("c", c))), [a, b, c], [a.Value, b.Value, c.Value], (x, y) => x * y, 1);

    /// <summary>A fault of any member is a fault; nothing that applies is nothing; otherwise the values of those that apply.</summary>
    private static void Follows(RewardOutcome result, RewardOutcome[] members, double?[] values, Func<double, double, double> combine, double seed)
    {
        Assert.Equal(result.Status == RewardStatus.Scored, result.Value is not null);
        Assert.Equal(members.FirstOrDefault(m => m.Correct is not null)?.Correct, result.Correct);
        foreach (var (name, member) in new[] { "a", "b", "c" }.Zip(members))
        {
            Assert.Equal(member.Value, result.Parts.TryGetValue(name, out var value) ? value : null);
            Assert.Equal(member.Parts["part"], result.Parts[$"{name}/part"]);
        }

        if (members.FirstOrDefault(m => m.Status is RewardStatus.Failed or RewardStatus.TimedOut) is { } fault) Assert.Equal(fault.Status, result.Status);
        else if (members.All(m => m.Status == RewardStatus.NotApplicable)) Assert.Equal(RewardStatus.NotApplicable, result.Status);
        else if (values.OfType<double>().Aggregate(seed, combine) is var expected && double.IsFinite(expected)) Assert.Equal(expected, result.Value);
        else Assert.Equal(RewardStatus.Failed, result.Status);
    }

    [Property]
    public void Gate_AnyOutcomes_OpensOnlyAtTheThreshold(RewardOutcome decision, RewardOutcome behind)
    {
        var inner = new ScriptedReward(behind, "inner");
        var result = Score(Reward.Gate("gated", Leaf("gate", decision), inner, closed: -1, threshold: 0.5));

        if (decision.Status is RewardStatus.TimedOut or RewardStatus.Failed) Assert.Equal((decision.Status, (double?)null, 0), (result.Status, result.Value, inner.Asked));
        else if (decision.Value < 0.5) Assert.Equal((RewardStatus.Scored, -1, 0, decision.Correct), (result.Status, result.Value, inner.Asked, result.Correct));
        else Assert.Equal((behind.Status, behind.Value, 1, behind.Correct ?? decision.Correct), (result.Status, result.Value, inner.Asked, result.Correct));
    }

    [Property]
    public void FirstApplicable_AnyOutcomes_TakesTheFirstThatApplies(RewardOutcome a, RewardOutcome b)
    {
        var second = new ScriptedReward(b, "b");
        var result = Score(Reward.FirstApplicable("first", Leaf("a", a), second));
        var expected = a.Status == RewardStatus.NotApplicable ? b : a;

        var verdict = expected.Status == RewardStatus.NotApplicable ? a.Correct ?? b.Correct : expected.Correct;
        Assert.Equal((expected.Status, expected.Value, verdict), (result.Status, result.Value, result.Correct));
        Assert.Equal(a.Status == RewardStatus.NotApplicable ? 1 : 0, second.Asked);
    }

    [Fact]
    public async Task WeightedSum_Members_AreAskedAtTheSameTime()
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var sum = Reward.WeightedSum("sum", (Meets("a", first, second), 1), (Meets("b", second, first), 1));

        Assert.Equal(2, (await sum.ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60))).Value);

        static ScriptedReward Meets(string name, TaskCompletionSource mine, TaskCompletionSource theirs) => new(async (_, _) =>
        {
            mine.SetResult();
            await theirs.Task;
            return RewardOutcome.Scored(1);
        }, name);
    }

    [Fact]
    public void Reasons_OfMembers_AreNamed()
    {
        var sum = Score(Reward.WeightedSum("sum", (Leaf("a", NotApplicable), 1), (Leaf("b", RewardOutcome.Scored(1) with { Reason = "answer 3" }), 1)));

        Assert.Equal("a: no reference; b: answer 3", sum.Reason);
    }

    [Fact]
    public void Nested_Parts_HaveTheirPath()
    {
        var inner = Reward.WeightedSum("inner", (Leaf("a", RewardOutcome.Scored(2)), 1));

        var parts = Score(Reward.WeightedSum("outer", (inner.WithWeight(3), 1))).Parts;

        Assert.Equal((6.0, 2.0, 2.0), (parts["inner"], parts["inner/a"], parts["inner/raw"]));
    }

    [Fact]
    public void Combinators_BadMembers_AreRefused()
    {
        var a = Leaf("a", NotApplicable);

        Assert.Throws<ArgumentException>(() => Reward.WeightedSum("sum"));
        Assert.Throws<ArgumentException>(() => Reward.WeightedSum("sum", (a, double.NaN)));
        Assert.Contains("a", Assert.Throws<ArgumentException>(() => Reward.Product("p", a, Leaf("a", NotApplicable))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Reward.Gate("g", a, a));
        Assert.Throws<ArgumentException>(() => Reward.Gate("g", a, Leaf("b", NotApplicable), closed: double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => Reward.FirstApplicable(" ", a));
    }

    private static ScriptedReward Leaf(string name, RewardOutcome outcome) => new(outcome, name);

    private static RewardOutcome Score(IReward reward) => reward.ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
