using KdRl.Rollouts;
using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training;

[Collection("torch")]
public sealed class KdrlTrainerSamplingTests
{
    [Fact]
    public async Task RunAsync_AnySamplingOption_ArrivesAtTheEngine()
    {
        using var toy = new ToyRun();
        var recorder = new Recorder(toy.Engine);
        var options = ToyRun.Options(1);
        // The trainer has a seed for every step and refuses one here.
        var given = options.Sampling = Samplings.Unusual() with { Seed = 0 };
        using var trainer = new KdrlTrainer(
            new KdrlTrainerParts { Policy = toy.Policy, Engine = recorder, Thread = toy.Thread, Prompts = ToyTask.Prompts, Reward = ToyTask.Reward }, options);

        await foreach (var _ in trainer.RunAsync()) { }

        var seen = Assert.Single(recorder.Seen);
        Assert.Equal([nameof(SamplingOptions.Seed)], Samplings.Different(given, seen));
    }

    /// <summary>Keeps the options it is asked with; draws short completions.</summary>
    private sealed class Recorder(IRolloutEngine inner) : IRolloutEngine
    {
        public List<SamplingOptions> Seen { get; } = [];

        public long PolicyVersion { get => inner.PolicyVersion; set => inner.PolicyVersion = value; }

        public IAsyncEnumerable<RolloutGroup> GenerateAsync(IReadOnlyList<Prompt> prompts, SamplingOptions options, CancellationToken ct)
        {
            Seen.Add(options);
            return inner.GenerateAsync(prompts, options with { MaxNewTokens = 3 }, ct);
        }
    }
}
