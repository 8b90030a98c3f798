using System.Diagnostics;
using KdRl.Examples.Quickstart.Tasks;
using KdRl.Rollouts;
using KdRl.Training;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart;

/// <summary>
/// Supervised fine-tuning on the teacher's answers, wrong ones thrown away: what distillation was before it was on-policy. The
/// teacher answers as many prompts, as often, as the other methods ask the student.
/// </summary>
/// <param name="options">The run.</param>
/// <param name="threads">Where the tensors live.</param>
internal sealed class TeacherAnswers(QuickstartOptions options, TorchThreads threads)
{
    /// <summary>Trains the student in place.</summary>
    public async Task<PostTrainingSpeed> TrainAsync(CausalLM student, CausalLM teacher, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var prompts = PostTraining.Prompts(options);
        var right = new List<Rollout>();
        var sampling = Models.Sampling();
        var engine = threads.Engine(teacher);
        for (var step = 0; step < options.Steps; step++)
        {
            sampling.Seed = Seeds.Derive(options.Seed, $"teacher answers {step}");
            var asked = prompts.Skip(step * PostTraining.PromptsPerStep).Take(PostTraining.PromptsPerStep).ToArray();
            await foreach (var group in engine.GenerateAsync(asked, sampling, ct))
                right.AddRange(group.Rollouts.Where(r =>
                    AnswerVerifier.Verify(group.Prompt.Reference!, r.Text, r.FinishReason == FinishReason.Stop).Correct == true));
        }
        if (right.Count < options.Steps)
            throw new InvalidDataException($"The teacher gave {right.Count} right answers in {options.Steps} steps; expected at least one a step to learn from.");
        using var trainer = new SupervisedTrainer(
            student,
            threads.First,
            [.. right.Select(r => new SupervisedExample(r.PromptTokens, r.CompletionTokens))],
            new SupervisedTrainerOptions
            {
                Steps = options.Steps,
                BatchSize = right.Count / options.Steps,
                Seed = options.Seed,
                Optimizer = Models.Optimizer(),
                LearningRate = PostTraining.Rate(Methods.Get(options.Method)),
            });
        var tokens = 0L;
        await foreach (var step in trainer.RunAsync(ct))
        {
            tokens += step.Tokens;
            if (step.Step % 20 == 0) Console.WriteLine($"step {step.Step}: loss {step.Loss:0.0000}, {right.Count / options.Steps} right answers a step");
        }
        return new PostTrainingSpeed(tokens, clock.Elapsed.TotalSeconds);
    }
}
