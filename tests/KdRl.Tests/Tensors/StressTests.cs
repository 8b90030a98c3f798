using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Tests.Tensors;

/// <summary>Half a minute by default; <c>KDRL_STRESS_SECONDS</c> lengthens it.</summary>
[Collection("torch")]
public class StressTests
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(
        (double.TryParse(Environment.GetEnvironmentVariable("KDRL_STRESS_SECONDS"), out var seconds) ? seconds : 30) / 3);

    [Theory]
    // Model code with implicit scalars needs the fence against a thread that allocates; rooted code needs nothing against either.
    [InlineData(true, true, nameof(StressRun.Disturbance.Allocates))]
    [InlineData(false, false, nameof(StressRun.Disturbance.Allocates))]
    [InlineData(false, false, nameof(StressRun.Disturbance.ForcesCollections))]
    public async Task Train_WhileAnotherThreadDisturbs_GivesTheSameBits(bool userStyle, bool fence, string disturbance)
    {
        var (rounds, failures) = await StressRun.RunAsync(userStyle, fence, Enum.Parse<StressRun.Disturbance>(disturbance), Each);
        Assert.True(rounds > 0, $"{rounds} rounds in {Each}");
        Assert.True(failures.Count == 0, $"{failures.Count} of {rounds} rounds failed: {string.Join("; ", failures.Distinct().Take(5))}");
    }

    [Fact]
    public async Task RunAsync_TwoHundredItems_LeaveTheLiveTensorCountFlat()
    {
        using var model = new TinyCausalModel();
        using var thread = new TorchThread();
        var live = 0L;
        for (var i = 0; i < 200; i++)
        {
            await thread.RunAsync(() =>
            {
                var scores = SequenceScorer.Score(model, ones(2, 5, ScalarType.Int64), tensor([false, true, true, true, true]).expand(2, 5));
                scores.LogProbs.sum().backward();
                using (no_grad()) model.zero_grad();
            });
            if (i == 9) live = Tensor.TotalCount;
        }
        Assert.Equal(live, Tensor.TotalCount);
        Assert.Equal(0, await thread.RunAsync(() => TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount));
    }
}
