using System.Diagnostics;
using KdRl.Rewards.Code;

namespace KdRl.Benchmarks;

/// <summary>Runs of a small program in the sandbox, against a new Python process without any sandbox for each.</summary>
internal sealed class CodeExecutionsBenchmark : IBenchmark
{
    private const string Code = "print(sum(map(int, input().split())))";
    private const string Input = "20 22\n";
    private const string Output = "42\n";
    private const int Rounds = 9;
    private const int RunsARound = 60;

    public string Name => "code-executions";

    public string Description => "sandboxed program runs a second by number of workers, against a fresh unsandboxed python process for each";

    public IEnumerable<Measurement> Run()
    {
        foreach (var workers in new[] { 1, 2, 4 })
            foreach (var isWarm in new[] { true, false })
                yield return Measure(workers, isWarm).GetAwaiter().GetResult();
    }

    private static async Task<Measurement> Measure(int workers, bool isWarm)
    {
        await using var sandbox = BubblewrapSandbox.Create(new BubblewrapOptions { Workers = workers, KeepWarm = isWarm });
        var program = new SandboxProgram(["python3", "solution.py"], SandboxProgram.File("solution.py", Code), new SandboxLimits()) { StandardInput = Input };
        Task Ours() => Task.WhenAll(Enumerable.Range(0, RunsARound).Select(async _ => Check((await sandbox.RunAsync(program)).StandardOutput)));
        Task Baseline() => Task.Run(() => Parallel.For(0, RunsARound, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Check(FreshProcess())));
        await Ours();
        await Baseline();
        List<double> own = [], other = [];
        for (var i = 0; i < Rounds; i++)
        {
            own.Add(await PerSecond(Ours));
            other.Add(await PerSecond(Baseline));
        }
        var what = isWarm ? "kept sandbox" : "new sandbox for each";
        return new Measurement($"code-executions workers={workers}, {what}", "runs/s", InTurn.Median(own), "fresh python, no sandbox", InTurn.Median(other));
    }

    private static async Task<double> PerSecond(Func<Task> round)
    {
        var start = Stopwatch.GetTimestamp();
        await round();
        return RunsARound / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string FreshProcess()
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-I", "-S", "-c", Code]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write(Input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static void Check(string output)
    {
        if (output != Output) throw new InvalidOperationException($"The program wrote '{output}'; expected '{Output}'.");
    }
}
