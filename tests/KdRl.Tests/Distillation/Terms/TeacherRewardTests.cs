using FsCheck.Xunit;
using KdRl.Distillation;
using static TorchSharp.torch;

namespace KdRl.Tests.Distillation.Terms;

[Collection("torch")]
public class TeacherRewardTests
{
    [Fact]
    public void Difference_PoisonedPadding_IsZeroThere()
    {
        using var scope = NewDisposeScope();
        var d = TeacherReward.Difference(tensor(new[,] { { -1.0, double.NaN } }), tensor(new[,] { { -3, double.NegativeInfinity } }), tensor(new[,] { { true, false } }));
        Near.Equal([-2, 0], d, 0);
    }

    [Fact]
    public void ReopoldFloor_OneQuarter_IsMinusLogThree()
    {
        Assert.Equal(-1.098612, TeacherReward.ReopoldFloor(.25), 6);
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.ReopoldFloor(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.ReopoldFloor(1));
    }

    [Fact]
    public void Extrapolate_GOpd_IsTheDifferenceAndAPartOfTheTeachersGain()
    {
        using var scope = NewDisposeScope();
        var (lp, teacher, start) = (tensor(new[] { -1.2 }), tensor(new[] { -.7 }), tensor(new[] { -1.0 }));
        Near.Equal([.5], TeacherReward.Extrapolate(teacher, start, 1) - lp, 1e-12);
        Near.Equal([.575], TeacherReward.Extrapolate(teacher, start, 1.25) - lp, 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.Extrapolate(teacher, start, 0));
    }

    [Fact]
    public void SubtractStateMean_OverTheTokens_AveragesToZero()
    {
        using var scope = NewDisposeScope();
        var (z, lp, teacher) = Categorical.Six.Rows();
        var kl = ReverseKl.Exact(z.detach(), tensor(Categorical.Six.TeacherLogProbs));
        var centred = TeacherReward.SubtractStateMean(teacher - lp.detach(), kl.expand_as(lp));
        Assert.Equal(0, (lp.exp() * centred).sum().item<double>(), 12);
    }

    [Fact]
    public void SubtractStateMean_AsAdvantage_KeepsTheGradient()
    {
        using var scope = NewDisposeScope();
        var kl = ReverseKl.Exact(tensor(Categorical.Six.StudentLogits), tensor(Categorical.Six.TeacherLogProbs));
        Near.Equal(
            Categorical.Six.AdvantageGradient((lp, t) => t - lp),
            Categorical.Six.AdvantageGradient((lp, t) => TeacherReward.SubtractStateMean(t - lp, kl.expand_as(lp))), 1e-14);
    }

    [Property(MaxTest = 60)]
    public void DiscountedFutureSum_AnyMask_IsTheSumOverCountedTokens(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var (d, keep) = (new double[3, 6], new bool[3, 6]);
        for (var i = 0; i < 18; i++) (d[i / 6, i % 6], keep[i / 6, i % 6]) = (random.NextDouble() - .5, random.Next(3) > 0);
        var poisoned = where(tensor(keep), tensor(d), double.NaN);
        foreach (var gamma in new[] { 0, .7, 1 })
        {
            var expected = new double[18];
            for (var row = 0; row < 3; row++)
            {
                var counted = Enumerable.Range(0, 6).Where(t => keep[row, t]).ToList();
                for (var k = 0; k < counted.Count; k++)
                    expected[row * 6 + counted[k]] = counted.Skip(k).Select((t, ahead) => Math.Pow(gamma, ahead) * d[row, t]).Sum();
            }
            Near.Equal(expected, TeacherReward.DiscountedFutureSum(poisoned, tensor(keep), gamma), 1e-12);
        }
    }

    [Fact]
    public void Centre_CountedTokens_AverageToZero()
    {
        using var scope = NewDisposeScope();
        var centred = TeacherReward.Centre(tensor(new[,] { { 1.0, 2 }, { 6, double.NaN } }), tensor(new[,] { { true, true }, { true, false } }));
        Near.Equal([-2, -1, 3, 0], centred, 1e-12);
        Near.Equal([0, 0], TeacherReward.Centre(full(1, 2, double.NaN), zeros(1, 2, dtype: ScalarType.Bool)), 0);
    }

    [Fact]
    public void ClipAndFloor_BadBounds_Throw()
    {
        using var scope = NewDisposeScope();
        Near.Equal([-1, .5, 1], TeacherReward.Clip(tensor(new[] { -3, .5, 3 }), 1), 0);
        Near.Equal([-1, .5, 3], TeacherReward.Floor(tensor(new[] { -3, .5, 3 }), -1), 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.Clip(zeros(1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.Clip(zeros(1), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.Floor(zeros(1), double.NegativeInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => TeacherReward.DiscountedFutureSum(zeros(1, 1), ones(1, 1, dtype: ScalarType.Bool), 1.1));
        Assert.Throws<ArgumentException>(() => TeacherReward.DiscountedFutureSum(zeros(1, 1), ones(1, 1), 1));
    }

    [Fact]
    public void Results_StudentWithGradient_CarryNone()
    {
        using var scope = NewDisposeScope();
        var (lp, other, mask) = (zeros(1, 2, requires_grad: true), zeros(1, 2), ones(1, 2, dtype: ScalarType.Bool));
        Tensor[] results =
        [
            TeacherReward.Difference(lp, other, mask), TeacherReward.Clip(lp, 1), TeacherReward.Floor(lp, 0), TeacherReward.Centre(lp, mask),
            TeacherReward.SubtractStateMean(lp, other), TeacherReward.DiscountedFutureSum(lp, mask, .5), TeacherReward.Extrapolate(lp, other, 2),
        ];
        Assert.All(results, r => Assert.False(r.requires_grad));
    }
}
