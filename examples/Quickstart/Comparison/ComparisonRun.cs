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
    /// <exception cref="InvalidDataException">The folder holds runs of another number of steps.</exception>
    public async Task<ComparisonResult> RunAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(options.Output);
        var arms = options.Arms().ToArray();
        if (arms.Select(a => RunSummary.Load(a.Folder)).FirstOrDefault(r => r is not null && r.Steps != options.Steps) is { } other)
            throw new InvalidDataException($"{options.Output} holds a run of {other.Steps} steps, expected {options.Steps}: "
                + "arms are compared at equal steps; choose another folder with --output.");
        await RunAllAsync(arms, ct);
        var result = Collect(arms);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "compare.json"), JsonSerializer.Serialize(result, Json) + "\n", ct);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "compare.md"), MarkdownReport.Write(result, "compare.png"), ct);
        ComparisonChart.SavePng(result, Path.Combine(options.Output, "compare.png"));
        return result;
    }

    private ComparisonResult Collect(IReadOnlyList<ComparisonArm> arms)
    {
        var runs = arms.Select(a => RunSummary.Load(a.Folder)!).ToList();
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

    /// <summary>Seed by seed, the models of the next seed before the arms of this one, so that no process waits for them.</summary>
    private async Task RunAllAsync(IReadOnlyList<ComparisonArm> arms, CancellationToken ct)
    {
        var prepared = options.Seeds.ToDictionary(s => s, _ => new TaskCompletionSource());
        var missing = arms.Where(a => RunSummary.Load(a.Folder) is null).ToLookup(a => a.Seed);
        var jobs = options.Seeds.Take(1).Select(s => Prepare(s)).ToList();
        for (var i = 0; i < options.Seeds.Count; i++)
        {
            if (i + 1 < options.Seeds.Count) jobs.Add(Prepare(options.Seeds[i + 1]));
            jobs.AddRange(missing[options.Seeds[i]].Select(arm => (Func<CancellationToken, Task<string>>)(stop => RunArmAsync(arm, prepared[arm.Seed].Task, stop))));
        }
        var clock = Stopwatch.StartNew();
        var done = 0;
        await Parallel.ForEachAsync(
            jobs, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs, CancellationToken = ct }, async (job, stop) =>
        {
            var name = await job(stop);
            Console.WriteLine($"[{clock.Elapsed:hh\\:mm\\:ss}] {Interlocked.Increment(ref done)}/{jobs.Count} {name}");
        });

        Func<CancellationToken, Task<string>> Prepare(long seed) => async stop =>
        {
            if (PreparedReport.Load(options.PreparedFolder(seed)) is null)
                await ChildProcess.RunAsync(
                    ["prepare", "--seed", $"{seed}", "--prepared", options.PreparedFolder(seed), "--threads", $"{options.ThreadsPerJob}"], stop);
            prepared[seed].SetResult();
            return $"seed {seed}: student and teachers";
        };
    }

    private async Task<string> RunArmAsync(ComparisonArm arm, Task prepared, CancellationToken ct)
    {
        await prepared.WaitAsync(ct);
        await ChildProcess.RunAsync(
        [
            "--method", arm.Method, "--teacher", arm.Teacher, "--seed", $"{arm.Seed}", "--steps", $"{options.Steps}",
            "--prepared", options.PreparedFolder(arm.Seed), "--output", arm.Folder, "--threads", $"{options.ThreadsPerJob}",
        ], ct);
        return $"seed {arm.Seed}: {arm.Method}, {arm.Teacher} teacher";
    }
}
