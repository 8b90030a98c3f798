using System.Security.Cryptography;
using KdRl.Distillation;
using KdRl.Objectives;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using static TorchSharp.torch;

namespace KdRl.TestSupport;

/// <summary>A policy, its thread and its engine, to be trained on the toy task.</summary>
internal sealed class ToyRun : IDisposable
{
    public ToyRun(long seed = 1)
    {
        Policy = Thread.RunAsync(() =>
        {
            // Tensors this small are slower, and on a busy machine much slower, on several threads.
            set_num_threads(1);
            var model = new ToyModel(ToyTask.Vocabulary, seed: seed);
            foreach (var parameter in model.parameters()) parameter.DetachFromDisposeScope();
            return model;
        }).GetAwaiter().GetResult();
        Engine = new ToyEngine(Policy, Thread);
    }

    public TorchThread Thread { get; } = new("toy");

    public ToyModel Policy { get; }

    public ToyEngine Engine { get; }

    /// <summary>Threads that help with updates.</summary>
    public IReadOnlyList<TorchThread> Helpers { get; init; } = [];

    public IReward? Reward { get; init; } = ToyTask.Reward;

    public ITeacher? Teacher { get; set; }

    /// <summary>The same run with a teacher, which may live on the run's own thread.</summary>
    public ToyRun With(ITeacher teacher)
    {
        Teacher = teacher;
        return this;
    }

    /// <summary>SHA-256 over all weights.</summary>
    public string Hash() => Thread.RunAsync(() =>
        Convert.ToHexString(SHA256.HashData([.. Policy.parameters().SelectMany(p => p.detach().cpu().bytes.ToArray())]))).GetAwaiter().GetResult();

    public KdrlTrainer Trainer(KdrlTrainerOptions options) => new(
        new KdrlTrainerParts
        {
            Policy = Policy, Engine = Engine, Thread = Thread, Helpers = Helpers, Prompts = [.. ToyTask.Prompts.Take(20)], HeldOut = [.. ToyTask.Prompts.Skip(20)],
            Reward = Reward, EvaluationReward = ToyTask.Reward, Teacher = Teacher,
        },
        options);

    /// <summary>Options for a run of GRPO that learns within a hundred steps.</summary>
    public static KdrlTrainerOptions Options(long steps, string? folder = null) => new()
    {
        Steps = steps,
        PromptsPerStep = 4,
        Seed = 7,
        Objective = KdrlOptions.Grpo(),
        Sampling = new SamplingOptions { GroupSize = 4, MaxNewTokens = 3 },
        LearningRate = new LearningRateOptions { Peak = 0.03 },
        Evaluation = new EvaluationOptions { Every = 0 },
        Checkpoints = new CheckpointOptions { Every = folder is null ? 0 : 5 },
        Output = new RunOutputOptions { Folder = folder, TensorBoard = false, Report = false },
    };

    public void Dispose() => Thread.Dispose();
}
