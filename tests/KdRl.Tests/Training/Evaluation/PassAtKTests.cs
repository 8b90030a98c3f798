using FsCheck.Xunit;
using KdRl.Training;

namespace KdRl.Tests.Training.Evaluation;

public class PassAtKTests
{
    [Theory]
    [InlineData(4, 0, 2, 0)]
    [InlineData(4, 4, 2, 1)]
    [InlineData(4, 1, 1, 0.25)]
    [InlineData(4, 2, 2, 1 - 1.0 / 6)]
    [InlineData(5, 3, 3, 1)]
    [InlineData(10, 3, 4, 1 - 35.0 / 210)]
    public void Estimate_SmallCases_IsTheRatioOfBinomials(int samples, int right, int k, double expected) =>
        Assert.Equal(expected, PassAtK.Estimate(samples, right, k), 12);

    [Property]
    public void Estimate_AnyCase_IsTheShareOfSubsetsWithARightOne(uint a, uint b, uint c)
    {
        var samples = (int)(a % 8) + 1;
        var right = (int)(b % (uint)(samples + 1));
        var k = (int)(c % (uint)samples) + 1;
        var subsets = Enumerable.Range(0, 1 << samples).Where(s => int.PopCount(s) == k).ToArray();

        // The first `right` samples are the right ones.
        var expected = subsets.Count(s => (s & ((1 << right) - 1)) != 0) / (double)subsets.Length;

        Assert.Equal(expected, PassAtK.Estimate(samples, right, k), 10);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(4, 5, 1)]
    [InlineData(4, -1, 1)]
    [InlineData(4, 1, 5)]
    [InlineData(4, 1, 0)]
    public void Estimate_OutsideItsRange_IsRefused(int samples, int right, int k) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(samples, right, k));
}
