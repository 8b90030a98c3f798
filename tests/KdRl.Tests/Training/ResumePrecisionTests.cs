using KdRl.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tests.Training;

[Collection("torch")]
public sealed class ResumePrecisionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task RunAsync_BFloat16LeftAndStartedAgain_EndsBitEqualBecauseTheMastersAreSaved() =>
        Assert.Equal(await Run("whole", [long.MaxValue]), await Run("broken", [4, long.MaxValue]));

    public void Dispose() => folder.Dispose();

    private async Task<string> Run(string name, long[] leaveAfter)
    {
        foreach (var leave in leaveAfter)
        {
            using var toy = new ToyRun { Reward = ToyTask.Length };
            await toy.Thread.RunAsync(() => { toy.Policy.to(ScalarType.BFloat16); });
            var options = ToyRun.Options(8, Path.Combine(folder.Path, name));
            // Updates below the resolution of most weights: masters rounded at the restart would lose them.
            options.LearningRate.Peak = 1e-4;
            using var trainer = toy.Trainer(options);
            await foreach (var step in trainer.RunAsync())
                if (step.Step == leave) break;
            if (leave == long.MaxValue) return toy.Hash();
        }

        throw new InvalidOperationException("The last run always returns.");
    }
}
