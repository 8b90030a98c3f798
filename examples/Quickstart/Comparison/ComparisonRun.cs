using System.Diagnostics;
using System.Text.Json;
using KdRl.Examples.Quickstart.Preparation;

namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>
/// Runs every method with every teacher and seed, each in a process of its own, and writes the table and the chart.
/// What an earlier call finished in the same folder is kept.
/// </summary>
internal sealed class ComparisonRun(ComparisonOptions options)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Runs what is missing and writes <c>compare.md</c>, <c>compare.json</c> and <c>compare.png</c>.</summary>
    public async Task<ComparisonResult> RunAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(options.Output);
        var clock = Stopwatch.StartNew();
        await RunAllAsync([.. options.Seeds.Where(s => PreparedReport.Load(options.PreparedFolder(s)) is null).Select(s => (
            $"seed {s}: student and teachers", (IReadOnlyList<string>)["prepare", "--seed", $"{s}", "--prepared", options.PreparedFolder(s)]))],
            clock, ct);
        var arms = options.Arms().ToArray();
        await RunAllAsync([.. arms.Where(a => RunSummary.Load(a.Folder) is null).Select(a => (
            $"seed {a.Seed}: {a.Method}, {a.Teacher} teacher", (IReadOnlyList<string>)
            [
                "--method", a.Method, "--teacher", a.Teacher, "--seed", $"{a.Seed}", "--steps", $"{options.Steps}",
                "--prepared", options.PreparedFolder(a.Seed), "--output", a.Folder,
            ]))], clock, ct);
        var result = Collect(arms);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "compare.json"), JsonSerializer.Serialize(result, Json) + "\n", ct);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "compare.md"), MarkdownReport.Write(result, "compare.png"), ct);
        ComparisonChart.SavePng(result, Path.Combine(options.Output, "compare.png"));
        return result;
    }

    private ComparisonResult Collect(IReadOnlyList<ComparisonArm> arms)
    {
        var runs = arms.Select(a => RunSummary.Load(a.Folder)!).ToList();
        if (runs.FirstOrDefault(r => r.Steps != options.Steps) is { } other)
            throw new InvalidDataException($"{options.Output} holds a run of {other.Steps} steps, expected {options.Steps}: "
                + "arms are compared at equal steps; choose another folder.");
        // What asks no teacher is run once and stands beside every teacher.
        foreach (var teacher in options.Teachers.Skip(1))
            foreach (var run in runs.Where(r => !Methods.Get(r.Method).AsksTeacher).ToArray())
                runs.Add(run with { Teacher = teacher, TeacherAccuracy = runs.First(r => r.Seed == run.Seed && r.Teacher == teacher).TeacherAccuracy });
        var order = Methods.Names.ToList();
        return new ComparisonResult
        {
            Command = options.Command,
            Versions = $"KdRl {typeof(KdRl.Rollouts.Rollout).Assembly.GetName().Version?.ToString(3)}, TorchSharp "
                + $"{typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}",
            Steps = options.Steps,
            Seeds = options.Seeds,
            Runs = [.. runs.OrderBy(r => options.Teachers.ToList().IndexOf(r.Teacher)).ThenBy(r => order.IndexOf(r.Method)).ThenBy(r => r.Seed)],
        };
    }

    private async Task RunAllAsync(
        IReadOnlyList<(string Name, IReadOnlyList<string> Arguments)> jobs, Stopwatch clock, CancellationToken ct)
    {
        var done = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = ct };
        await Parallel.ForEachAsync(jobs, parallel, async (job, stop) =>
        {
            await ChildProcess.RunAsync([.. job.Arguments, "--threads", $"{options.ThreadsPerJob}"], stop);
            Console.WriteLine($"[{clock.Elapsed:hh\\:mm\\:ss}] {Interlocked.Increment(ref done)}/{jobs.Count} {job.Name}");
        });
    }
}
