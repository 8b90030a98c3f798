using System.Runtime.CompilerServices;
using KdRl.Distillation;
using KdRl.Examples.Quickstart.Preparation;
using KdRl.Examples.Quickstart.Tasks;
using KdRl.Rollouts;
using KdRl.Training;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart;

/// <summary>Post-trains the student with rewards, a teacher, or both.</summary>
/// <param name="options">The run.</param>
/// <param name="threads">Where the tensors live.</param>
internal sealed class PostTraining(QuickstartOptions options, TorchThreads threads)
{
    /// <summary>Problems a step, each answered <see cref="GroupSize"/> times: many problems teach more than many answers to each.</summary>
    public const int PromptsPerStep = 64;

    /// <summary>Answers a problem.</summary>
    public const int GroupSize = 4;

    private const int HeldOutShown = 256;

    /// <summary>Answers of like length go through the models together: little padding, and activations that stay in the cache.</summary>
    private const int MicroBatchTokens = 2048;

    private long tokens;
    private double seconds;

    /// <summary>Different problems, enough for the whole run; the same for every method of a seed.</summary>
    public static IReadOnlyList<Prompt> Prompts(QuickstartOptions options)
    {
        var random = Seeds.Random(options.Seed, "prompts");
        var prompts = new Dictionary<string, ModularProblem>();
        while (prompts.Count < options.Steps * PromptsPerStep)
        {
            var problem = Models.Problems.Training(random);
            prompts.TryAdd(problem.Text, problem);
        }
        return [.. prompts.Values.Select(p => p.ToPrompt())];
    }

    /// <summary>Ten steps of warm-up, then down to a tenth.</summary>
    public static LearningRateOptions Rate(Method method) =>
        new() { Peak = method.LearningRate, WarmupSteps = 10, Decay = LearningRateDecay.Linear };

    /// <summary>Trains the student in place, showing progress.</summary>
    public async Task<PostTrainingSpeed> TrainAsync(CausalLM student, CausalLM teacher, CancellationToken ct)
    {
        var method = Methods.Get(options.Method);
        using var trainer = new KdrlTrainer(
            new KdrlTrainerParts
            {
                Policy = student,
                Engine = threads.Engine(student),
                Thread = threads.First,
                Helpers = threads.Helpers,
                Prompts = Prompts(options),
                HeldOut = [.. Examiner.HeldOut(threads.First).Prompts.Take(HeldOutShown)],
                Reward = method.UsesRewards ? AnswerReward.Create() : null,
                EvaluationReward = AnswerVerifier.Reward,
                Teacher = method.AsksTeacher ? new ModelTeacher(teacher, threads.First, tokenBudget: MicroBatchTokens) : null,
                TokenText = id => Models.Tokenizer.Decode([id], skipSpecialTokens: false),
            },
            new KdrlTrainerOptions
            {
                Steps = options.Steps,
                PromptsPerStep = PromptsPerStep,
                MicroBatchTokens = MicroBatchTokens,
                Seed = options.Seed,
                Objective = method.Objective!(options.Steps),
                Sampling = Models.Sampling(),
                Optimizer = Models.Optimizer(),
                LearningRate = Rate(method),
                Evaluation = new EvaluationOptions { Every = 20 },
                Output = new RunOutputOptions { Folder = options.Output },
            });
        foreach (var line in trainer.Plan.Lines) Console.WriteLine("  " + line);
        await new ConsoleReporter().ShowAsync(Counted(trainer.RunAsync(ct), ct), options.Steps, ct);
        return new PostTrainingSpeed(tokens, seconds);
    }

    private async IAsyncEnumerable<StepReport> Counted(
        IAsyncEnumerable<StepReport> steps, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var step in steps.WithCancellation(ct))
        {
            if (step.Groups.Count > 0)
            {
                tokens += step.Groups.Sum(g => g.Rollouts.Sum(r => (long)r.Rollout.CompletionTokens.Length));
                seconds += step[MetricNames.StepTime];
            }
            yield return step;
        }
    }
}
