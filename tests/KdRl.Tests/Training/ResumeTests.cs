using KdRl.Rewards;
using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training;

[Collection("torch")]
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task RunAsync_LeftAndStartedAgain_EndsBitEqualToAnUnbrokenRun()
    {
        var whole = await Run("whole", leaveAfter: []);
        var broken = await Run("broken", leaveAfter: [3, 4, 11]);

        Assert.Equal(whole.Hash, broken.Hash);
        Assert.Equal(Lines("whole"), Lines("broken"));
        Assert.Equal(whole.Summary with { Seconds = 0, Start = null, Best = null, Final = null }, broken.Summary with { Seconds = 0, Start = null, Best = null, Final = null });

        async Task<(string Hash, RunSummary Summary)> Run(string name, long[] leaveAfter)
        {
            foreach (var leave in leaveAfter.Append(long.MaxValue))
            {
                using var toy = new ToyRun { Reward = ToyTask.Length };
                using var trainer = toy.Trainer(Options(name));
                await foreach (var step in trainer.RunAsync())
                    if (step.Step == leave) break;
                if (leave == long.MaxValue) return (toy.Hash(), trainer.Summary);
            }

            throw new InvalidOperationException("The last run always returns.");
        }
    }

    [Fact]
    public async Task RunAsync_LinesBeyondTheCheckpoint_AreDropped()
    {
        using (var toy = new ToyRun())
        {
            using var trainer = toy.Trainer(Options("run"));
            await foreach (var step in trainer.RunAsync())
                if (step.Step == 7) break;
        }

        // As if the checkpoint of step 7 had been cut off: its lines are there, the last of them torn too.
        File.Delete(Path.Combine(folder.Path, "run", "checkpoints", "step-7", "manifest.json"));
        File.AppendAllText(Path.Combine(folder.Path, "run", "metrics.jsonl"), "{\"step\":8,\"rew");

        using var again = new ToyRun();
        using var resumed = again.Trainer(Options("run"));
        var first = 0L;
        await foreach (var step in resumed.RunAsync())
        {
            first = step.Step;
            Assert.Contains(step.Warnings, w => w.Contains("step-7: manifest.json is missing", StringComparison.Ordinal));
            break;
        }

        Assert.Equal(6, first);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], new JsonLines(Path.Combine(folder.Path, "run", "metrics.jsonl")).Read().Select(l => l["step"]!.GetValue<long>()));
    }

    [Fact]
    public async Task RunAsync_Cancelled_LeavesACheckpointOfTheLastStep()
    {
        using var toy = new ToyRun { Reward = ToyTask.Length };
        using var trainer = toy.Trainer(Options("run"));
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var step in trainer.RunAsync(cancel.Token))
                if (step.Step == 3) cancel.Cancel();
        });

        var store = new CheckpointStore(Path.Combine(folder.Path, "run", "checkpoints"));
        Assert.Equal(store.PathOf(3), store.Newest(out var torn));
        Assert.Empty(torn);
        Assert.True(File.Exists(Path.Combine(store.PathOf(3), "toy.dat")));
        using var other = new ToyRun { Reward = ToyTask.Length };
        using var resumed = other.Trainer(Options("run"));
        await foreach (var step in resumed.RunAsync())
        {
            Assert.Equal(4, step.Step);
            break;
        }
    }

    [Fact]
    public async Task RunAsync_CancelledDuringEvaluation_MakesUpForItAndEndsBitEqual()
    {
        using var whole = new ToyRun { Reward = ToyTask.Length };
        using var unbroken = whole.Trainer(Options("whole"));
        await foreach (var _ in unbroken.RunAsync()) { }

        using var toy = new ToyRun { Reward = ToyTask.Length };
        using (var trainer = toy.Trainer(Options("run")))
        using (var cancel = new CancellationTokenSource())
        {
            toy.Engine.BeforeEach = prompt =>
            {
                if (trainer.Summary.Steps == 8 && prompt.Id.StartsWith('5')) cancel.Cancel();
            };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => { await foreach (var _ in trainer.RunAsync(cancel.Token)) { } });
        }

        using var other = new ToyRun { Reward = ToyTask.Length };
        using var resumed = other.Trainer(Options("run"));
        var steps = new List<StepReport>();
        await foreach (var step in resumed.RunAsync()) steps.Add(step);

        Assert.Equal(8, steps[0].Step);
        Assert.NotNull(steps[0].Evaluation);
        Assert.Equal(whole.Hash(), other.Hash());
        Assert.Equal(unbroken.Summary.Final!.MeanLength, resumed.Summary.Final!.MeanLength);
    }

    [Fact]
    public async Task RunAsync_OtherOptions_AreRefusedByName()
    {
        using (var toy = new ToyRun())
        {
            using var trainer = toy.Trainer(Options("run"));
            await foreach (var step in trainer.RunAsync())
                if (step.Step == 1) break;
        }

        using var other = new ToyRun();
        var options = Options("run");
        options.PromptsPerStep = 3;
        options.Checkpoints.KeepLast = 9;
        using var changed = other.Trainer(options);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(async () => { await foreach (var _ in changed.RunAsync()) { } });

        Assert.Contains("PromptsPerStep was 4, is 3", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("KeepLast", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TargetReached_EndsAndStaysEnded()
    {
        var options = Options("run");
        options.EarlyStop.TargetAccuracy = 0;
        options.Evaluation.AtStart = false;
        var steps = new List<StepReport>();
        using (var toy = new ToyRun())
        {
            using var trainer = toy.Trainer(options);
            await foreach (var step in trainer.RunAsync()) steps.Add(step);
            Assert.True(trainer.Summary.IsFinished);
        }

        Assert.Equal([1, 2, 3, 4], steps.Select(s => s.Step));
        Assert.Contains("reached the target", steps[^1].StopReason, StringComparison.Ordinal);
        using var again = new ToyRun();
        using var resumed = again.Trainer(options);
        await foreach (var step in resumed.RunAsync()) Assert.Fail($"step {step.Step} of a run that had ended");
        Assert.Equal(4, resumed.Summary.Steps);
    }

    [Fact]
    public async Task RunAsync_ResumeForbidden_LeavesTheFolderAlone()
    {
        await First();
        using var other = new ToyRun();
        var options = Options("run");
        options.Checkpoints.Resume = false;
        using var trainer = other.Trainer(options);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => { await foreach (var _ in trainer.RunAsync()) { } });

        Assert.Equal([0, 1], new JsonLines(Path.Combine(folder.Path, "run", "metrics.jsonl")).Read().Select(l => l["step"]!.GetValue<long>()));

        async Task First()
        {
            using var toy = new ToyRun();
            using var trainer = toy.Trainer(Options("run"));
            await foreach (var step in trainer.RunAsync())
                if (step.Step == 1) break;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunAsync_RewardThatLearns_EndsBitEqualToAnUnbrokenRun(bool cancelWhileScoring)
    {
        var whole = await Run("whole", leaveAfter: []);
        var broken = await Run("broken", leaveAfter: [3, 4, 11]);

        Assert.Equal(whole, broken);
        Assert.Equal(Lines("whole"), Lines("broken"));
        Assert.Equal(File.ReadAllText(Path.Combine(folder.Path, "whole", "rewards.jsonl")), File.ReadAllText(Path.Combine(folder.Path, "broken", "rewards.jsonl")));

        async Task<string> Run(string name, long[] leaveAfter)
        {
            foreach (var leave in leaveAfter.Append(long.MaxValue))
            {
                using var cancel = new CancellationTokenSource();
                var scored = 0;
                using var toy = new ToyRun { Reward = Mars(() => { if (cancelWhileScoring && Interlocked.Increment(ref scored) == 16 * leave - 5) cancel.Cancel(); }) };
                using var trainer = toy.Trainer(Options(name));
                try
                {
                    await foreach (var step in trainer.RunAsync(cancel.Token))
                        if (!cancelWhileScoring && step.Step == leave) break;
                }
                catch (OperationCanceledException) { Assert.True(cancel.IsCancellationRequested); }

                if (leave == long.MaxValue) return toy.Hash();
            }

            throw new InvalidOperationException("The last run always returns.");
        }

        // Everything that moves: a normalised source, a curriculum and a term that goes by the pass rate.
        static MarsReward Mars(Action beforeEach) => new(
            new MarsRewards
            {
                Verifiers = { ["copy"] = ToyTask.Reward },
                Preferences =
                {
                    ["general"] = Reward.Create("judge", r =>
                    {
                        beforeEach();
                        return RewardOutcome.Scored(r.Tokens.Count + r.Tokens[0] / 7.0, r.Response == r.Reference);
                    }),
                },
                Auxiliaries = { ["length"] = Reward.Create("length", r => RewardOutcome.Scored(-r.Tokens.Count / 3.0)) },
            },
            new MarsOptions
            {
                DefaultSource = "general", Curriculum = new MarsCurriculumOptions(), PassRateMemory = 0.7, Normalization = { Decay = 0.9 },
                Auxiliaries = { ["length"] = new MarsAuxiliaryOptions { FromPassRate = 0, FullPassRate = 0.5 } },
            });
    }

    [Fact]
    public async Task RunAsync_RewardWithOtherOptions_IsRefused()
    {
        await Start(new MarsOptions { DefaultSource = "copy" });

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Start(new MarsOptions { DefaultSource = "copy", Sources = { ["copy"] = new() { Weight = 2 } } }));

        Assert.Contains("other options of the reward mars", failure.Message, StringComparison.Ordinal);

        async Task Start(MarsOptions options)
        {
            using var toy = new ToyRun { Reward = new MarsReward(new MarsRewards { Verifiers = { ["copy"] = ToyTask.Reward } }, options) };
            using var trainer = toy.Trainer(Options("run"));
            await foreach (var step in trainer.RunAsync())
                if (step.Step == 1) break;
        }
    }

    [Fact]
    public void Trainer_PromptThatNoSourceTakes_IsRefusedAtTheStart()
    {
        using var toy = new ToyRun { Reward = new MarsReward(new MarsRewards { Verifiers = { ["copy"] = ToyTask.Reward } }).WithWeight(2) };

        Assert.Contains("no task", Assert.Throws<ArgumentException>(() => toy.Trainer(Options("run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_StatefulReward_GoesOnWithItsState()
    {
        var first = new CountingReward();
        using (var toy = new ToyRun { Reward = first })
        {
            using var trainer = toy.Trainer(Options("run"));
            await foreach (var step in trainer.RunAsync())
                if (step.Step == 2) break;
        }

        var second = new CountingReward();
        using var other = new ToyRun { Reward = second };
        using var resumed = other.Trainer(Options("run"));
        await foreach (var step in resumed.RunAsync())
            if (step.Step == 3) break;

        Assert.Equal(2 * 16, first.Count);
        Assert.Equal(3 * 16, second.Count);
    }

    public void Dispose() => folder.Dispose();

    private KdrlTrainerOptions Options(string name)
    {
        var options = ToyRun.Options(16, Path.Combine(folder.Path, name));
        options.Evaluation.Every = 4;
        return options;
    }

    /// <summary>All numbers but times. Warnings go by what this process has seen.</summary>
    private string[] Lines(string name) => [.. new JsonLines(Path.Combine(folder.Path, name, "metrics.jsonl")).Read()
        .Select(l => string.Join(' ', l.Where(p => !p.Key.Contains("tim", StringComparison.Ordinal) && p.Key is not (MetricNames.TokensPerSecond or "warnings")).Select(p => $"{p.Key}={p.Value}")))];
}
