using KdRl.Examples.Quickstart.Tasks;
using KdRl.Tensors;
using KdRl.Training;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart.Preparation;

/// <summary>
/// Teaches models from worked examples. Learning is abrupt: for a hundred steps and more nothing shows, then accuracy goes
/// from a fifth to nearly all within thirty. So lessons end by accuracy, not by their number.
/// </summary>
internal sealed class Classroom
{
    /// <summary>The student stops inside this range of accuracy.</summary>
    private const double StudentEnough = 0.33, StudentTooMuch = 0.43;

    private const double TeacherEnough = 0.95;
    private const int BatchSize = 64, MostSteps = 800, FinishingSteps = 60, QuizEvery = 4, QuizProblems = 320, FirstLook = 64;

    /// <summary>A quiz goes on after the first look when that is no further than this below what is asked.</summary>
    private const double Promising = 0.1;

    private readonly TorchThread thread;
    private readonly long seed;

    public Classroom(TorchThread thread, long seed)
    {
        (this.thread, this.seed) = (thread, seed);
        Examiner = Examiner.HeldOut(thread);
    }

    /// <summary>Sets the held-out problems.</summary>
    public Examiner Examiner { get; }

    /// <summary>A student that has begun to understand.</summary>
    public async Task<CausalLM> TeachStudentAsync(CancellationToken ct)
    {
        var model = CausalLM.Create(Models.Student, Seeds.Derive(seed, "student"));
        // A student that learned too much in one stride goes back to the last quiz and on from there in smaller strides.
        foreach (var rate in new[] { 3e-3, 1e-3, 3e-4 })
        {
            using var weights = new WeightSnapshot(model, thread);
            await weights.TakeAsync();
            var accuracy = 0.0;
            using var trainer = Lessons(model, $"student {rate}", null, MostSteps, rate);
            await trainer.RunUntilAsync(async (step, stop) =>
            {
                if (step.Step % QuizEvery != 0) return false;
                accuracy = await QuizAsync(model, null, StudentEnough, stop);
                if (accuracy < StudentEnough) await weights.TakeAsync();
                return accuracy >= StudentEnough;
            }, ct);
            if (accuracy <= StudentTooMuch) break;
            await weights.RestoreAsync();
        }
        return model;
    }

    /// <summary>A teacher that has understood everything it was shown.</summary>
    public async Task<CausalLM> TeachTeacherAsync(string name, CancellationToken ct)
    {
        var model = CausalLM.Create(Models.Teacher, Seeds.Derive(seed, $"{name} teacher"));
        using (var trainer = Lessons(model, $"{name} teacher", Teachers.Lessons(name), MostSteps, 3e-3))
            await trainer.RunUntilAsync(async (step, stop) =>
                step.Step % (2 * QuizEvery) == 0 && await QuizAsync(model, Teachers.Lessons(name), TeacherEnough, stop) >= TeacherEnough, ct);
        using var finishing = Lessons(model, $"{name} teacher, finishing", Teachers.Lessons(name), FinishingSteps, 2e-3, LearningRateDecay.Linear);
        await finishing.RunUntilAsync((_, _) => ValueTask.FromResult(false), ct);
        return model;
    }

    /// <summary>Accuracy on problems of the training split; a few of them are enough while it is far below what is asked.</summary>
    private async Task<double> QuizAsync(CausalLM model, Func<ModularProblem, bool>? accept, double asked, CancellationToken ct)
    {
        var random = Seeds.Random(seed, "quiz");
        var different = new Dictionary<string, ModularProblem>();
        while (different.Count < QuizProblems)
        {
            var problem = Models.Problems.Training(random, accept);
            different.TryAdd(problem.Text, problem);
        }
        var first = (await Examine(different.Values.Take(FirstLook))).Accuracy;
        return first < asked - Promising ? first : (await Examine(different.Values)).Accuracy;

        Task<EvaluationReport> Examine(IEnumerable<ModularProblem> problems) => new Examiner([.. problems], thread).ExamineAsync(model, ct);
    }

    private SupervisedTrainer Lessons(
        CausalLM model, string purpose, Func<ModularProblem, bool>? accept, int steps, double rate, LearningRateDecay decay = LearningRateDecay.Constant)
    {
        var random = Seeds.Random(seed, purpose);
        return new SupervisedTrainer(
            model,
            thread,
            [.. Enumerable.Range(0, steps * BatchSize).Select(_ => Models.Lessons.Training(random, accept))
                .Select(p => new SupervisedExample(Models.Tokenizer.Encode(p.Text), Models.Tokenizer.Encode(p.Worked)))],
            new SupervisedTrainerOptions
            {
                Steps = steps,
                BatchSize = BatchSize,
                Seed = Seeds.Derive(seed, purpose),
                Optimizer = Models.Optimizer(),
                LearningRate = new LearningRateOptions { Peak = rate, WarmupSteps = 30, Decay = decay },
            });
    }
}
