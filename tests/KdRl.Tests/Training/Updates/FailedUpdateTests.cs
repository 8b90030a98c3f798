using KdRl.TestSupport;
using KdRl.Tensors;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Updates;

[Collection("torch")]
public class FailedUpdateTests
{
    [Fact]
    public async Task RunAsync_AfterAnUpdateThatFailedInItsSecondMicroBatch_TakesTheStepThatItWouldHaveTaken()
    {
        Assert.Equal(await Run(failingCall: 0), await Run(failingCall: 2));

        static async Task<(string, double)> Run(int failingCall)
        {
            using var toy = new ToyRun();
            var options = ToyRun.Options(1);
            options.MicroBatchTokens = 16;
            var model = new Failing(toy.Policy) { CallsUntilFailure = failingCall };
            using var trainer = new KdrlTrainer(new KdrlTrainerParts { Policy = model, Engine = toy.Engine, Thread = toy.Thread, Prompts = [.. ToyTask.Prompts], Reward = toy.Reward }, options);
            if (failingCall > 0)
                await Assert.ThrowsAsync<InvalidOperationException>(async () => { await foreach (var _ in trainer.RunAsync()) { } });
            await foreach (var step in trainer.RunAsync()) return (toy.Hash(), step[MetricNames.GradNorm]);
            throw new InvalidOperationException("There is a step.");
        }
    }

    /// <summary>The toy's model, which fails once.</summary>
    private sealed class Failing : nn.Module, ICausalModel
    {
        private readonly ToyModel inner;

        public Failing(ToyModel inner) : base(nameof(Failing))
        {
            this.inner = inner;
            register_module(nameof(inner), inner);
        }

        public int CallsUntilFailure { get; set; }

        public Tensor OutputWeight => inner.OutputWeight;

        public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention) =>
            --CallsUntilFailure == 0 ? throw new InvalidOperationException("Out of luck.") : inner.Hidden(ids, positions, attention);
    }
}
