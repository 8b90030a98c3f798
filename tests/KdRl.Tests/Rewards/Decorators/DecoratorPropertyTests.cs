using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Logging.Abstractions;

namespace KdRl.Tests.Rewards.Decorators;

[Properties(Arbitrary = [typeof(ArbitraryOutcome)])]
public class DecoratorPropertyTests
{
    private static readonly Func<IReward, IReward>[] All =
    [
        r => r.WithTimeout(TimeSpan.FromMinutes(5)),
        r => r.WithRetry(new RewardRetryOptions { MaxRetries = 1, Delay = TimeSpan.Zero }),
        r => r.WithCache(),
        r => r.WithConcurrencyLimit(2),
        r => r.WithLogging(NullLogger.Instance),
        r => r.WithNormalization(),
        r => r.WithWeight(2.5),
        r => r.WithWeight(double.MaxValue),
        r => r.WithClamp(-1, 1),
        r => Reward.WeightedSum("sum", (r, -3)),
        r => Reward.Product("product", r),
        r => Reward.Gate("gate", new ScriptedReward(RewardOutcome.Scored(1), "open"), r),
        r => Reward.FirstApplicable("first", r),
    ];

    [Property(MaxTest = 200)]
    public void Chain_AnyOutcome_OnlyScoredHasAValueAndFaultsStayWhatTheyAre(RewardOutcome outcome, byte first, byte second, byte third)
    {
        var leaf = new ScriptedReward(outcome);
        IReward chain = leaf;
        foreach (var pick in new[] { first, second, third }) chain = Add(chain, All[pick % All.Length]);

        var result = chain.ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask().GetAwaiter().GetResult();

        Assert.Equal(result.Status == RewardStatus.Scored, result.Value is not null);
        Assert.True(result.Value is null || double.IsFinite(result.Value.Value));
        Assert.Equal(outcome.Correct, result.Correct);
        // A score may be lost, when it leaves the range of double; a missing one never becomes a number, nor another kind of missing.
        if (outcome.Status == RewardStatus.Scored) Assert.True(result.Status is RewardStatus.Scored or RewardStatus.Failed);
        else Assert.Equal(outcome.Status, result.Status);
        Assert.Contains(outcome.Parts["part"], result.Parts.Values);
    }

    /// <summary>The two orders that are refused are left out.</summary>
    private static IReward Add(IReward chain, Func<IReward, IReward> decorate)
    {
        try { return decorate(chain); }
        catch (ArgumentException) { return chain; }
    }

    [Property]
    public void WithWeight_Twice_IsTheProductOfTheWeights(RewardOutcome outcome, short a, short b)
    {
        var twice = Score(new ScriptedReward(outcome).WithWeight(a / 256.0).WithWeight(b / 256.0));

        if (outcome.Value is { } value && twice.Value is not null)
        {
            Assert.Equal(b / 256.0 * (a / 256.0 * value), twice.Value);
            Assert.Equal(value, twice.Parts["raw"]);
        }
    }

    [Property]
    public void WithClamp_AnyScore_StaysInRangeAndIsIdempotent(RewardOutcome outcome)
    {
        var once = Score(new ScriptedReward(outcome).WithClamp(-0.5, 2));

        if (outcome.Value is null) Assert.Null(once.Value);
        else Assert.Equal(Math.Clamp(outcome.Value.Value, -0.5, 2), once.Value);
        Assert.Equal(once.Value, Score(new ScriptedReward(outcome).WithClamp(-0.5, 2).WithClamp(-0.5, 2)).Value);
    }

    private static RewardOutcome Score(IReward reward) => reward.ScoreAsync(ScriptedReward.Request(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
