using System.Diagnostics;
using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training.Checkpoints;

/// <summary>A run on a file system that fills up, which bubblewrap gives to any user.</summary>
[Collection("torch")]
public sealed class FullDiskTests : IDisposable
{
    private const int Steps = 60;

    private readonly TemporaryFolder folder = new();

    /// <summary>By size, the disk is full at another file of another step.</summary>
    [SkippableFact]
    public void RunAsync_DiskFills_NamesTheFileAndGoesOnFromTheLastCheckpointWithoutAGap()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Run("bwrap", ["--dev-bind", "/", "/", "true"]).ExitCode == 0, "bubblewrap does not work here");
        var whole = Path.Combine(folder.Path, "whole");
        var expected = Probe(whole);
        Assert.Equal(0, expected.ExitCode);
        foreach (var kilobytes in new[] { 128, 188, 248 })
        {
            var kept = Path.Combine(folder.Path, $"{kilobytes}");
            var broken = ProbeOnDiskOf(kilobytes, kept);

            Assert.NotEqual(0, broken.ExitCode);
            Assert.Contains("No space left on device", broken.Errors, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(folder.Path, "disk"), broken.Errors, StringComparison.Ordinal);
            var checkpoints = Path.Combine(kept, "checkpoints");
            Assert.NotNull(new CheckpointStore(checkpoints).Newest(out var torn));
            Assert.Empty(torn);
            Assert.All(Directory.GetFileSystemEntries(checkpoints), path => Assert.StartsWith("step-", Path.GetFileName(path), StringComparison.Ordinal));

            Assert.Equal(expected.Output.Split('\n')[^2], Probe(kept).Output.Split('\n')[^2]);
            foreach (var file in new[] { "metrics.jsonl", "rewards.jsonl", "completions.jsonl" }) Assert.Equal(StepsOf(whole, file), StepsOf(kept, file));
        }
    }

    public void Dispose() => folder.Dispose();

    private static long[] StepsOf(string run, string file) => [.. new JsonLines(Path.Combine(run, file)).Read().Select(line => (long)line["step"]!)];

    private static (int ExitCode, string Output, string Errors) Probe(string run) => Run("dotnet", ["exec", ProbePath, run, $"{Steps}"]);

    /// <summary>Runs on a disk of so many kilobytes, and keeps what stood there in the end.</summary>
    private (int ExitCode, string Output, string Errors) ProbeOnDiskOf(int kilobytes, string kept)
    {
        var disk = Directory.CreateDirectory(Path.Combine(folder.Path, "disk")).FullName;
        return Run("bwrap",
            ["--dev-bind", "/", "/", "--size", $"{1024 * kilobytes}", "--tmpfs", disk, "sh", "-c", "dotnet exec \"$0\" \"$1\" \"$2\"; code=$?; cp -r \"$1\" \"$3\"; exit $code", ProbePath, disk, $"{Steps}", kept]);
    }

    private static string ProbePath => Path.Combine(AppContext.BaseDirectory, "KdRl.ResumeProbe.dll");

    private static (int ExitCode, string Output, string Errors) Run(string program, IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["OMP_NUM_THREADS"] = "1" } })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}
