using KdRl.Distillation;
using KdRl.Examples.PostTrain.Prompts;
using KdRl.Examples.PostTrain.Rewards;
using KdRl.Objectives;
using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Training;
using KdRl.Transformers;

namespace KdRl.Examples.PostTrain;

/// <summary>Post-trains a checkpoint on a file of prompts.</summary>
internal static class PostTrainRun
{
    /// <summary>Runs to the end; started again with the same output, it goes on from its last checkpoint.</summary>
    public static async Task RunAsync(PostTrainOptions options, CancellationToken ct)
    {
        var objective = MethodCatalog.Create(options.Method, options.Teacher is not null, options.Beta);
        if (options.ReferenceKl is { } coefficient) objective.ReferenceKl = new ReferenceKlOptions { Coefficient = coefficient };
        var (prompts, heldOut) = Split(options);
        var reward = RewardCatalog.Create(options.Reward, [.. prompts, .. heldOut]);
        var tokenizer = Tokenizer.FromPretrained(options.Student);
        if (options.Teacher is not null)
            TokenizerCheck.ThrowIfDifferent(tokenizer, Tokenizer.FromPretrained(options.Teacher), [.. prompts, .. heldOut]);

        using var thread = new TorchThread(threads: options.Threads);
        using var student = new Student(options, tokenizer);
        using var teacher = options.Teacher is null ? null : CausalLM.FromPretrained(options.Teacher);
        using var trainer = new KdrlTrainer(
            new KdrlTrainerParts
            {
                Policy = student.Policy,
                Engine = new SamplingEngine(student.Model, tokenizer, thread),
                Thread = thread,
                Prompts = prompts,
                HeldOut = heldOut,
                Reward = objective.UseRewards ? reward : null,
                EvaluationReward = reward,
                Teacher = teacher is null ? null : new ModelTeacher(teacher, thread, options.Temperature),
                Reference = student.Reference is { } reference ? new ModelTeacher(reference, thread, options.Temperature) : null,
                TokenText = id => tokenizer.Decode([id], skipSpecialTokens: false),
            },
            new KdrlTrainerOptions
            {
                Steps = options.Steps,
                PromptsPerStep = Math.Min(options.PromptsPerStep, prompts.Count),
                Seed = options.Seed,
                Objective = objective,
                Sampling = new SamplingOptions { GroupSize = options.GroupSize, MaxNewTokens = options.MaxTokens, Temperature = options.Temperature },
                LearningRate = new LearningRateOptions { Peak = options.LearningRate, WarmupSteps = Math.Min(10, options.Steps / 10) },
                Evaluation = new EvaluationOptions { Every = options.EvaluateEvery, Temperature = options.Temperature },
                Output = new RunOutputOptions { Folder = options.Output },
            });
        foreach (var line in trainer.Plan.Lines) Console.WriteLine("  " + line);
        await new ConsoleReporter().ShowAsync(trainer.RunAsync(ct), options.Steps, ct);

        var model = Path.Combine(options.Output, "model");
        await thread.RunAsync(() => student.Save(model), CancellationToken.None);
        if (trainer.Summary is { Start: { } start, Final: { } final })
        {
            Console.WriteLine($"held-out ({heldOut.Count} prompts): reward {start.MeanReward:0.000} -> {final.MeanReward:0.000}, "
                + $"success {Share(start)} -> {Share(final)}, tokens {start.MeanLength:0.0} -> {final.MeanLength:0.0}");
        }
        Console.WriteLine($"The {(options.LoraRank is null || options.MergesLora ? "model" : "adapter")} is in {model}, the report in {Path.Combine(options.Output, "report.html")}");
    }

    private static string Share(EvaluationReport report) => double.IsNaN(report.Accuracy) ? "unknown" : $"{report.Accuracy:P1}";

    private static (IReadOnlyList<Prompt> Train, IReadOnlyList<Prompt> HeldOut) Split(PostTrainOptions options)
    {
        var prompts = PromptFile.Read(options.Prompts);
        if (options.HeldOut is not null) return (prompts, PromptFile.Read(options.HeldOut));
        var held = prompts.Count / 10;
        return held > 0
            ? (prompts.Take(prompts.Count - held).ToArray(), prompts.TakeLast(held).ToArray())
            : throw new InvalidDataException(
                $"{options.Prompts} has {prompts.Count} prompts; expected at least 10, of which a tenth is held out, or a file of its own with --held-out.");
    }
}
