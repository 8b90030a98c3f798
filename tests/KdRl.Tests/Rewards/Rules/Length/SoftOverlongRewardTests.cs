using FsCheck.Xunit;
using KdRl.Rewards;
using Microsoft.Extensions.Options;
using static TorchSharp.torch;

namespace KdRl.Tests.Rewards.Rules;

[Collection("torch")]
public class SoftOverlongRewardTests
{
    [Theory]
    [InlineData(15, 0)]
    [InlineData(20, 0)]
    [InlineData(22, -0.4)]
    [InlineData(25, -1)]
    [InlineData(30, -1)]
    public void ScoreAsync_Golden_GrowsOverTheBufferAndStops(int tokens, double expected)
    {
        var reward = new SoftOverlongReward(new SoftOverlongOptions { MaxLength = 25, Buffer = 5 });

        Assert.Equal(expected, reward.Score(Requests.Of("", tokens)).Value!.Value, 12);
    }

    [Property(MaxTest = 200)]
    public bool Penalty_OneLength_IsThatOfTheTensorForm(byte length, byte limit, byte buffer, bool capped)
    {
        var options = new SoftOverlongOptions { MaxLength = limit + 1, Buffer = buffer % (limit + 2), Factor = 0.7, Capped = capped || buffer % (limit + 2) == 0 };
        using var scope = NewDisposeScope();
        var whole = SoftOverlong.Penalty(tensor(new[] { (double)length }), options).item<double>();
        return Math.Abs(whole - SoftOverlong.Penalty(length, options)) < 1e-12;
    }

    [Fact]
    public void Constructor_WithoutLimit_IsRefused() =>
        Assert.Throws<OptionsValidationException>(() => new SoftOverlongReward(new SoftOverlongOptions()));
}
