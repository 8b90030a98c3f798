using System.Diagnostics;
using KdRl.Examples.Quickstart.Preparation;
using KdRl.Tensors;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart;

/// <summary>Teaches, post-trains, examines, and says what came of it.</summary>
internal static class QuickstartRun
{
    private const int SamplesShown = 3;

    /// <summary>Runs once.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="ct">Cancels the run; post-training then goes on from its checkpoint when it is started again.</param>
    /// <exception cref="InvalidDataException">The output folder holds a finished run.</exception>
    public static async Task<RunSummary> RunAsync(QuickstartOptions options, CancellationToken ct)
    {
        if (RunSummary.Load(options.Output) is not null)
            throw new InvalidDataException($"{options.Output} holds a finished run; choose another folder with --output.");
        var clock = Stopwatch.StartNew();
        var method = Methods.Get(options.Method);
        var folder = options.Prepared ?? Path.Combine(options.Output, "models");
        Console.WriteLine("Teaching student and teacher from worked examples such as 5+4*6= 5+4=2,2*6=5; (left to right, modulo 7)");
        PreparedReport prepared;
        using (var teaching = new TorchThread(threads: options.Threads))
            prepared = await PreparedModels.EnsureAsync(folder, options.Seed, [options.Teacher], teaching, ct);

        using var threads = new TorchThreads(options.Threads);
        var examiner = Examiner.HeldOut(threads.First);
        using var student = PreparedModels.LoadStudent(folder);
        using var teacher = PreparedModels.LoadTeacher(folder, options.Teacher);
        var before = await examiner.AnswersAsync(student, SamplesShown, ct);
        Console.WriteLine($"Post-training the student for {options.Steps} steps: {method.Label}");
        var speed = method.Objective is null
            ? await new TeacherAnswers(options, threads).TrainAsync(student, teacher, ct)
            : await new PostTraining(options, threads).TrainAsync(student, teacher, ct);
        var final = await examiner.ExamineAsync(student, ct);
        await PreparedModels.KeepAsync(student, Path.Combine(options.Output, "final"), threads.First);

        var summary = new RunSummary
        {
            Method = method.Name,
            Seed = options.Seed,
            Teacher = options.Teacher,
            StartAccuracy = prepared.StartAccuracy,
            TeacherAccuracy = prepared.TeacherAccuracy[options.Teacher],
            FinalAccuracy = final.Accuracy,
            Steps = options.Steps,
            Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
            PostTrainingSeconds = Math.Round(speed.Seconds, 1),
            ResponseTokensPerSecond = Math.Round(speed.TokensPerSecond),
            StartAnswerTokens = prepared.StartAnswerTokens,
            FinalAnswerTokens = final.MeanLength,
            PeakRssMegabytes = PeakRss(),
        };
        summary.Save(options.Output);
        await ShowAsync(summary, examiner, student, before, ct);
        Console.WriteLine($"Everything is in {options.Output}" + (method.Objective is null ? "" : $"; open {Path.Combine(options.Output, "report.html")}"));
        return summary;
    }

    private static async Task ShowAsync(
        RunSummary summary, Examiner examiner, CausalLM student, IReadOnlyList<string> before, CancellationToken ct)
    {
        var after = await examiner.AnswersAsync(student, SamplesShown, ct);
        Console.WriteLine();
        Console.WriteLine("Held-out problems, before and after:");
        for (var i = 0; i < SamplesShown; i++)
            Console.WriteLine($"  {examiner.Prompts[i].Text,-12} expected {examiner.Prompts[i].Reference}   {before[i],-26} {after[i]}");
        Console.WriteLine();
        Console.WriteLine($"Accuracy {summary.StartAccuracy:P1} -> {summary.FinalAccuracy:P1} (teacher {summary.TeacherAccuracy:P1}), "
            + $"{summary.Seconds:0} s, {summary.ResponseTokensPerSecond:N0} response tokens/s, {summary.PeakRssMegabytes:N0} MB");
    }

    private static double PeakRss()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1048576.0);
    }
}
