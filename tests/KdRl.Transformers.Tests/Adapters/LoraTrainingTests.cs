using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using KdRl.Transformers.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Adapters;

/// <summary>An adapter goes through the trainer: the model beneath it is the reference policy, and a second model the teacher.</summary>
[Collection("torch")]
public sealed class LoraTrainingTests : IDisposable
{
    private static readonly LoraOptions Lora = new() { Rank = 4, Alpha = 16 };

    private readonly string folder = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public async Task RunAsync_PureDistillation_LowersTheLossByTheAdapterAlone(ScalarType type)
    {
        using var run = new Run(type);
        var before = await run.Snapshot();
        var expected = await run.LogProbs(run.Model);
        run.Attach();
        Assert.Equal(expected, await run.LogProbs(run.Adapter!.Reference));
        using var trainer = run.Trainer(KdrlOptions.PureDistillation(), 40, null);

        var steps = await trainer.RunAsync().ToListAsync();

        Assert.All(steps, step => Assert.True(double.IsFinite(step[MetricNames.Loss])));
        var (first, last) = (steps.Take(5).Average(s => s[MetricNames.TeacherKl]), steps.TakeLast(5).Average(s => s[MetricNames.TeacherKl]));
        Assert.True(last < 0.5 * first, $"KL to the teacher {first} to {last}");
        Assert.Equal(before, await run.Snapshot());
        Assert.Equal(expected, await run.LogProbs(run.Adapter.Reference));
        Assert.NotEqual(expected, await run.LogProbs(run.Adapter));
        // What is drawn now is drawn from the trained adapter.
        var rollout = (await run.Engine.GenerateAsync([Prompt.FromText("p", "bcd")], new SamplingOptions { MaxNewTokens = 6 }, default).ToListAsync())[0].Rollouts[0];
        var scored = await run.LogProbs(run.Adapter, new TokenSequence(rollout.PromptTokens, rollout.CompletionTokens));
        for (var t = 0; t < scored.Length; t++) Assert.Equal(scored[t], rollout.LogProbs[t], type == ScalarType.Float32 ? 1e-4 : 0.1);
    }

    [Fact]
    public async Task RunAsync_ReferenceOfTheAdapter_HoldsThePolicyAndStartsAtZero()
    {
        async Task<(double First, double Last)> Drift(double coefficient)
        {
            using var run = new Run(ScalarType.Float32);
            run.Attach();
            var objective = KdrlOptions.Grpo();
            objective.ReferenceKl = new ReferenceKlOptions { Coefficient = coefficient };
            using var trainer = run.Trainer(objective, 25, null);
            var steps = await trainer.RunAsync().ToListAsync();
            return (steps[0][MetricNames.Kl], steps[^1][MetricNames.Kl]);
        }
        var (weak, strong) = (await Drift(1e-6), await Drift(1));
        Assert.Equal(0, weak.First, 1e-5);
        Assert.True(weak.Last > 0.05 && strong.Last < 0.5 * weak.Last, $"{weak.Last} free, {strong.Last} held");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public async Task RunAsync_Resumed_EndsBitEqualAndInPeftLayout(ScalarType type)
    {
        byte[] whole, resumed;
        using (var run = new Run(type)) whole = await Train(run, "whole", 6);
        // Left after four steps of six, and gone on with in a new process' place.
        using (var run = new Run(type)) await Train(run, "broken", 6, leaveAfter: 4);
        using (var run = new Run(type)) resumed = await Train(run, "broken", 6);
        Assert.Equal(whole, resumed);

        // The checkpoint is an adapter that loads onto the model it was trained on.
        using var fresh = new Run(type);
        using var loaded = LoraAdapter.FromPretrained(fresh.Model, Path.Combine(folder, "broken", "checkpoints", "step-6"));
        Assert.Equal((4, 16.0), (loaded.Options.Rank, loaded.Options.Alpha));
        Assert.Contains(loaded.parameters(), parameter => parameter.abs().max().ToSingle() > 0.1);
    }

    private async Task<byte[]> Train(Run run, string name, int steps, int? leaveAfter = null)
    {
        run.Attach();
        var objective = KdrlOptions.Kdrl();
        objective.ReferenceKl = new ReferenceKlOptions();
        using var trainer = run.Trainer(objective, steps, Path.Combine(folder, name));
        await foreach (var step in trainer.RunAsync())
            if (step.Step == leaveAfter) break;
        return File.ReadAllBytes(Path.Combine(folder, name, "checkpoints", $"step-{leaveAfter ?? steps}", "adapter_model.safetensors"));
    }

    private sealed class Run : IDisposable
    {
        // Two threads at once would make sums of another order in the last bit.
        private readonly TorchThread thread = new(threads: 1);
        private readonly CausalLM teacher;

        public Run(ScalarType type)
        {
            var config = new TransformerConfig
            {
                Family = ModelFamily.Qwen3, HiddenSize = 24, IntermediateSize = 48, Layers = 2, AttentionHeads = 4, KeyValueHeads = 2, HeadSize = 8,
                VocabularySize = 11, MaxPositions = 32, InitializerRange = 0.2, TieWordEmbeddings = true, DataType = type,
            };
            (Model, teacher) = thread.RunAsync(() => (CausalLM.Create(config, 3), CausalLM.Create(config with { InitializerRange = 0.3 }, 4))).GetAwaiter().GetResult();
            Engine = new SamplingEngine(Model, LetterTask.Tokenizer, thread);
        }

        public CausalLM Model { get; }

        public SamplingEngine Engine { get; }

        public LoraAdapter? Adapter { get; private set; }

        public void Attach() => Adapter = thread.RunAsync(() => LoraAdapter.Attach(Model, Lora, 7)).GetAwaiter().GetResult();

        public KdrlTrainer Trainer(KdrlOptions objective, int steps, string? output) => new(
            new KdrlTrainerParts
            {
                Policy = Adapter!,
                Engine = Engine,
                Thread = thread,
                Reward = objective.UseRewards ? LetterTask.Reward : null,
                Teacher = objective.Distillation is null ? null : new ModelTeacher(teacher, thread),
                Reference = objective.ReferenceKl is null ? null : new ModelTeacher(Adapter!.Reference, thread),
                Prompts = LetterTask.Prompts,
            },
            new KdrlTrainerOptions
            {
                Steps = steps, PromptsPerStep = 2, Objective = objective, Sampling = new SamplingOptions { GroupSize = 8, MaxNewTokens = 4 },
                LearningRate = new LearningRateOptions { Peak = 0.02 }, Evaluation = new EvaluationOptions { Every = 0 },
                Checkpoints = new CheckpointOptions { Every = output is null ? 0 : 2 }, Output = new RunOutputOptions { Folder = output },
            });

        public Task<float[]> LogProbs(ICausalModel model, TokenSequence? row = null) => thread.RunAsync(() =>
            BatchScorer.LogProbs(model, [row ?? new TokenSequence([1, 2, 3], [4, 5, 6, 0, 10])], 1)[0]);

        /// <summary>All weights of the model beneath the adapter.</summary>
        public Task<byte[]> Snapshot() => thread.RunAsync(() => Model.parameters().SelectMany(parameter => parameter.detach().contiguous().bytes.ToArray()).ToArray());

        public void Dispose()
        {
            Adapter?.Dispose();
            Model.Dispose();
            teacher.Dispose();
            thread.Dispose();
        }
    }
}
