using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KdRl.Objectives;
using static TorchSharp.torch;

namespace KdRl.Tests.Objectives;

[Collection("torch")]
public class GroupAdvantageTests
{
    private static double[] Compute(double[] rewards, long[] groups, AdvantageOptions options, double[]? lengths = null)
    {
        using var scope = NewDisposeScope();
        return GroupAdvantage.Compute(tensor(rewards), tensor(groups), options, lengths is null ? null : tensor(lengths)).data<double>().ToArray();
    }

    private static double[] OneGroup(double[] rewards, AdvantageOptions options, double[]? lengths = null) =>
        Compute(rewards, new long[rewards.Length], options, lengths);

    private static void AssertClose(double[] expected, double[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    private static AdvantageOptions Options(AdvantageScale scale, double epsilon = 0, int ddof = 1, AdvantageBaseline baseline = AdvantageBaseline.GroupMean) =>
        new() { Scale = scale, Epsilon = epsilon, DegreesOfFreedom = ddof, Baseline = baseline };

    public static TheoryData<double[], AdvantageScale, double, int, AdvantageBaseline, double[]> Anchors() => new()
    {
        { [1, 0, 0, 0], AdvantageScale.None, 0, 1, AdvantageBaseline.GroupMean, [.75, -.25, -.25, -.25] },
        { [1, 0, 0, 0], AdvantageScale.GroupStd, 0, 0, AdvantageBaseline.GroupMean, [1.732051, -.577350, -.577350, -.577350] },
        { [1, 0, 0, 0], AdvantageScale.GroupStd, 0, 1, AdvantageBaseline.GroupMean, [1.5, -.5, -.5, -.5] },
        { [1, 0], AdvantageScale.None, 0, 1, AdvantageBaseline.GroupMean, [.5, -.5] },
        { [1, 0], AdvantageScale.GroupStd, 0, 0, AdvantageBaseline.GroupMean, [1, -1] },
        { [1, 0], AdvantageScale.GroupStd, 0, 1, AdvantageBaseline.GroupMean, [.707107, -.707107] },
        { [1, 0, 0, 0], AdvantageScale.GroupStd, 1e-4, 1, AdvantageBaseline.GroupMean, [1.49970006, -.49990002, -.49990002, -.49990002] },
        { [1, 0, 0, 0], AdvantageScale.GroupStd, 1e-6, 1, AdvantageBaseline.GroupMean, [1.499997, -.499999, -.499999, -.499999] },
        { [1, 1, 0, 0], AdvantageScale.GroupStd, 1e-4, 1, AdvantageBaseline.GroupMean, [.86587543, .86587543, -.86587543, -.86587543] },
        { [1, 1, 0, 0], AdvantageScale.GroupStd, 1e-6, 1, AdvantageBaseline.GroupMean, [.8660239, .8660239, -.8660239, -.8660239] },
        { [1, .5, 0, 0], AdvantageScale.GroupStd, 1e-4, 1, AdvantageBaseline.GroupMean, [1.30530975, .26106195, -.78318585, -.78318585] },
        { [1, .5, 0, 0], AdvantageScale.GroupStd, 1e-6, 1, AdvantageBaseline.GroupMean, [1.30557969, .26111594, -.78334782, -.78334782] },
        { [1, 0, 0, 0], AdvantageScale.None, 0, 1, AdvantageBaseline.LeaveOneOut, [1, -1 / 3.0, -1 / 3.0, -1 / 3.0] },
        { [1, .5, 0, 0], AdvantageScale.None, 0, 1, AdvantageBaseline.LeaveOneOut, [.83333333, .16666667, -.5, -.5] },
        { [10, 20, 30], AdvantageScale.None, 0, 1, AdvantageBaseline.LeaveOneOut, [-15, 0, 15] },
        { [1, 0, 0, 0], AdvantageScale.GroupMean, 0, 1, AdvantageBaseline.GroupMean, [3, -1, -1, -1] },
        { [3, 1, 2, 0], AdvantageScale.None, 0, 1, AdvantageBaseline.SecondBest, [1, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Anchors))]
    public void Compute_KnownRewards_GivesKnownAdvantages(double[] rewards, AdvantageScale scale, double epsilon, int ddof, AdvantageBaseline baseline, double[] expected) =>
        AssertClose(expected, OneGroup(rewards, Options(scale, epsilon, ddof, baseline)), 1e-6);

    [Fact]
    public void Compute_LengthWeightedMean_WeighsByTokens() =>
        AssertClose([.75, -.25], OneGroup([1, 0], Options(AdvantageScale.None, baseline: AdvantageBaseline.LengthWeightedMean), [1, 3]), 1e-12);

    [Fact]
    public void Compute_BatchMean_ComparesAcrossGroups() =>
        AssertClose([.5, .5, -.5, -.5], Compute([1, 1, 0, 0], [0, 0, 1, 1], Options(AdvantageScale.None, baseline: AdvantageBaseline.BatchMean)), 1e-12);

    [Theory]
    [InlineData(AdvantageScale.None)]
    [InlineData(AdvantageScale.GroupStd)]
    [InlineData(AdvantageScale.BatchStd)]
    [InlineData(AdvantageScale.GroupMean)]
    [InlineData(AdvantageScale.NonZeroShare)]
    public void Compute_ConstantGroupAndSingleton_GiveExactlyZero(AdvantageScale scale) =>
        Assert.Equal([0, 0, 0, 0], Compute([.1, .1, .1, 7], [0, 0, 0, 1], Options(scale, 1e-6)));

    [Theory]
    [InlineData(1.0, 1.00001)]
    [InlineData(2.0, 2.00001)]
    [InlineData(300.0, 300.25)]
    public void Compute_NearlyConstantRewards_KeepTheirSpread(double low, double high)
    {
        var deviation = (high - low) / Math.Sqrt(2);
        var expected = (high - low) / 2 / (deviation + 1e-6);
        AssertClose([-expected, expected], OneGroup([low, high], new AdvantageOptions()), 1e-9);
    }

    [Fact]
    public void Analyze_MissingScores_LeaveStatisticsAndCount()
    {
        using var scope = NewDisposeScope();
        var result = GroupAdvantage.Analyze(
            tensor(new[] { 1, double.NaN, 0, double.NaN, 5, 2, 2 }), tensor(new long[] { 4, 4, 4, 9, 9, 1, 1 }), Options(AdvantageScale.None));
        AssertClose([.5, 0, -.5, 0, 0, 0, 0], result.Advantages.data<double>().ToArray(), 1e-12);
        Assert.Equal((3, 2, 2), (result.Groups, result.DeadGroups, result.UnscoredRows));
        Assert.Equal([true, false, true, false, true, true, true], result.Scored.data<bool>().ToArray());
    }

    [Fact]
    public void ComputeMulti_TwoRewards_NormalisesEachThenTheSum()
    {
        using var scope = NewDisposeScope();
        var rewards = tensor(new[,] { { 1.0, 10 }, { 0, 10 }, { 0, 40 }, { 0, 20 } });
        var options = new AdvantageOptions { Epsilon = 1e-4 };
        double[] Normalised(double[] x)
        {
            var (mean, n) = (x.Average(), x.Length);
            var std = Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / (n - 1));
            return [.. x.Select(v => (v - mean) / (std + 1e-4))];
        }
        var sum = Normalised([1, 0, 0, 0]).Zip(Normalised([10, 10, 40, 20]), (a, b) => 2 * a + b).ToArray();
        var found = GroupAdvantage.ComputeMulti(rewards, zeros(4, ScalarType.Int64), options, [2, 1]).data<double>().ToArray();
        AssertClose(Normalised(sum), found, 1e-12);
    }

    [Fact]
    public void Compute_UnfitInput_NamesTheArgument()
    {
        using var scope = NewDisposeScope();
        var (rewards, groups) = (tensor(new[] { 1.0, 0 }), tensor(new long[] { 0, 0 }));
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(rewards, tensor(new long[] { 0 }), new AdvantageOptions())).ParamName);
        Assert.Equal("groups", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(rewards, rewards, new AdvantageOptions())).ParamName);
        Assert.Equal("rewards", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(tensor(new[] { double.PositiveInfinity, 0 }), groups, new AdvantageOptions())).ParamName);
        Assert.Equal("rewards", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(tensor(new[] { -1.0, 0 }), groups, Options(AdvantageScale.GroupMean))).ParamName);
        Assert.Equal("lengths", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(rewards, groups, new AdvantageOptions { Baseline = AdvantageBaseline.LengthWeightedMean })).ParamName);
        Assert.Equal("lengths", Assert.Throws<ArgumentException>(() => GroupAdvantage.Compute(rewards, groups, new AdvantageOptions(), rewards)).ParamName);
    }

    private sealed record Case(double[] Rewards, long[] Groups);

    private static readonly Arbitrary<Case> Cases = Gen.Choose(1, 16).SelectMany(n =>
        Gen.Elements(-1.0, 0, .25, .5, 1, 2).ArrayOf(n).Zip(Gen.Choose(0, 3).Select(g => (long)g).ArrayOf(n), (r, g) => new Case(r, g))).ToArbitrary();

    [Property(MaxTest = 60)]
    public Property Compute_AnyRewards_SumToZeroInEachGroup() => Prop.ForAll(Cases, c =>
    {
        var found = Compute(c.Rewards, c.Groups, new AdvantageOptions());
        return c.Groups.Distinct().All(g => Math.Abs(found.Where((_, i) => c.Groups[i] == g).Sum()) < 1e-9);
    });

    [Property(MaxTest = 60)]
    public Property Compute_ShiftedAndScaledRewards_GivesTheSame() => Prop.ForAll(Cases, c =>
    {
        var options = Options(AdvantageScale.GroupStd);
        var found = Compute([.. c.Rewards.Select(r => 4 * r + 8)], c.Groups, options);
        return found.Zip(Compute(c.Rewards, c.Groups, options)).All(p => Math.Abs(p.First - p.Second) < 1e-9);
    });

    [Property(MaxTest = 60)]
    public Property Compute_PermutedRows_PermutesAdvantages() => Prop.ForAll(Cases, Gen.Choose(0, int.MaxValue).ToArbitrary(), (c, seed) =>
    {
        var order = Enumerable.Range(0, c.Rewards.Length).ToArray();
        new System.Random(seed).Shuffle(order);
        var found = Compute([.. order.Select(i => c.Rewards[i])], [.. order.Select(i => c.Groups[i])], new AdvantageOptions());
        var direct = Compute(c.Rewards, c.Groups, new AdvantageOptions());
        return order.Zip(found).All(p => Math.Abs(direct[p.First] - p.Second) < 1e-9);
    });

    [Fact]
    public void Compute_RewardAtTheMean_IsTheSameInEveryOrder()
    {
        double[] rewards = [1 / 3.0, 1, .5 - 1 / 3.0, .5, .1, .7, .3];
        var first = OneGroup(rewards, new AdvantageOptions());
        var order = Enumerable.Range(0, rewards.Length).ToArray();
        for (var seed = 0; seed < 50; seed++)
        {
            new System.Random(seed).Shuffle(order);
            Assert.Equal(order.Select(i => first[i]), OneGroup([.. order.Select(i => rewards[i])], new AdvantageOptions()));
        }
    }

    [Fact]
    public void Whiten_ValidTokens_HaveMeanZeroAndUnitVariance()
    {
        using var scope = NewDisposeScope();
        var mask = tensor(new[,] { { true, true, false }, { true, true, true } });
        var values = tensor(new[,] { { 1.0, 2, double.NaN }, { 4, 8, -3 } });
        var found = AdvantageWhitening.Whiten(values, mask, 0);
        var valid = found.masked_select(mask);
        Assert.Equal(0, valid.mean().item<double>(), 1e-12);
        Assert.Equal(1, valid.var().item<double>(), 1e-12);
        Assert.Equal(0, found[0, 2].item<double>());
    }
}
