using KdRl.TestSupport;
using KdRl.Tensors;
using KdRl.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Updates;

[Collection("torch")]
public class StepMemoryTests
{
    private const long MiB = 1L << 20;

    [Fact]
    public void MicroBatchTokens_EnoughMemory_AreThoseAskedFor()
    {
        using var model = new Measured(1 << 10);
        var memory = StepMemory.Of(model, model, 4096, null, null);
        Assert.Equal(4096, memory.MicroBatchTokens);
        Assert.Single(memory.Lines);
    }

    [Fact]
    public void MicroBatchTokens_TooLittleMemory_AreHalvedUntilThePeakFits()
    {
        var memory = Plan(stateMiB: 10, fixedMiB: 20, perToken: MiB, roomMiB: 120, tokens: 1024);
        Assert.Equal(100, memory.TokensThatFit);
        Assert.Equal(64, memory.MicroBatchTokens);
        Assert.Equal(94 * MiB, memory.PeakBytes(64));
        Assert.Contains(memory.Lines, line => line.Contains("94.0 MiB of 130.0 MiB", StringComparison.Ordinal));
        Assert.Contains(memory.Lines, line => line.Contains("split into 64 tokens", StringComparison.Ordinal));
    }

    [Fact]
    public void ThrowIfTooLong_SequenceThatDoesNotFit_IsRefusedWithTheNumbers()
    {
        var memory = Plan(stateMiB: 10, fixedMiB: 20, perToken: MiB, roomMiB: 120, tokens: 1024);
        memory.ThrowIfTooLong(100);
        var error = Assert.Throws<InvalidOperationException>(() => memory.ThrowIfTooLong(101));
        foreach (var part in (string[])["10.0 MiB", "101 tokens", "121.0 MiB more", "131.0 MiB in all", "130.0 MiB are there"]) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LimitBelowTheWeights_IsRefused()
    {
        using var model = new Measured(1 << 10);
        var error = Assert.Throws<InvalidOperationException>(() => StepMemory.Of(model, model, 16, MiB, null));
        Assert.Contains(nameof(KdrlTrainerOptions.MemoryLimit), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ModelThatDoesNotTell_LimitsNothingAndSaysSo()
    {
        using var toy = new ToyRun();
        var memory = StepMemory.Of(toy.Policy, toy.Policy, 16, null, null);
        Assert.Null(memory.PeakBytes(1));
        memory.ThrowIfTooLong(long.MaxValue);
        Assert.Contains("does not tell", Assert.Single(memory.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Teacher_CountsItsActivationsAndTables()
    {
        using var model = new Measured(1 << 10);
        using var teacher = new Measured(1 << 12);
        var (alone, taught) = (StepMemory.Of(model, model, 16, null, null), StepMemory.Of(model, model, 16, null, teacher));
        Assert.Equal(((1 << 10) + (1 << 12)) * 5 / 4, taught.BytesPerToken);
        Assert.True(taught.FixedBytes >= alone.FixedBytes);
    }

    [Fact]
    public async Task RunAsync_LimitThatSplitsMicroBatches_TakesTheSameStep()
    {
        var whole = await Run(null, 1024);
        // Room for the head and a handful of tokens.
        var split = await Run(Environment.WorkingSet + 400 * MiB, 4 * MiB);
        Assert.Equal(16384, whole.Tokens);
        Assert.InRange(split.Tokens, 8, 64);
        Assert.Equal(whole.GradNorm, split.GradNorm, 1e-4 * whole.GradNorm);

        static async Task<(int Tokens, double GradNorm)> Run(long? limit, long bytesPerToken)
        {
            using var toy = new ToyRun();
            var options = ToyRun.Options(1);
            options.MemoryLimit = limit;
            using var trainer = new KdrlTrainer(new KdrlTrainerParts
            {
                Policy = new HeavyToyModel(toy.Policy, bytesPerToken), Engine = toy.Engine, Thread = toy.Thread, Prompts = [.. ToyTask.Prompts], Reward = toy.Reward,
            }, options);
            await foreach (var step in trainer.RunAsync()) return (trainer.Plan.MicroBatchTokens, step[MetricNames.GradNorm]);
            throw new InvalidOperationException("There is a step.");
        }
    }

    private static StepMemory Plan(long stateMiB, long fixedMiB, long perToken, long roomMiB, int tokens) =>
        new() { StateBytes = stateMiB * MiB, FixedBytes = fixedMiB * MiB, BytesPerToken = perToken, RoomBytes = roomMiB * MiB, WantedTokens = tokens };

    /// <summary>A model that tells what a token takes.</summary>
    private sealed class Measured : nn.Module, ICausalModel, IActivationMemory
    {
        private readonly Parameter weight = new(ones(8, 4));

        public Measured(long bytesPerToken) : base(nameof(Measured))
        {
            ActivationBytesPerToken = bytesPerToken;
            register_parameter(nameof(weight), weight);
        }

        public long ActivationBytesPerToken { get; }

        public Tensor OutputWeight => weight;

        public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention) => throw new NotSupportedException();
    }
}
