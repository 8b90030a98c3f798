using System.Diagnostics;
using KdRl.TestSupport;

namespace KdRl.Tests.Training.Checkpoints;

/// <summary>A run that is killed, whenever it may be, and started again ends with the weights of one that was never disturbed.</summary>
[Collection("torch")]
public sealed class KillTests : IDisposable
{
    private const int Kills = 20, Steps = 200, Seed = 20261123;

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void RunAsync_KilledAtRandomMoments_EndsBitEqual()
    {
        var expected = Finish(Path.Combine(folder.Path, "whole"));
        var broken = Path.Combine(folder.Path, "broken");
        var random = new Random(Seed);
        var torn = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var probe = Start(broken);
            // Every second one dies while a checkpoint is being written; the others some steps on, at any moment within a step.
            if (kill % 2 == 0) torn += KillWhileWriting(probe, broken) ? 1 : 0;
            else KillAfter(probe, steps: random.Next(1, 10), microseconds: random.Next(0, 20_000));
        }

        Assert.True(torn >= 3, $"only {torn} of {Kills / 2} kills left a half-written checkpoint");
        Assert.Equal(expected, Finish(broken));
        Assert.Equal(Lines(Path.Combine(folder.Path, "whole")), Lines(broken));
    }

    public void Dispose() => folder.Dispose();

    private static Process Start(string run)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, Environment = { ["OMP_NUM_THREADS"] = "1" }, ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "KdRl.ResumeProbe.dll"), run, $"{Steps}" } };
        return Process.Start(start)!;
    }

    private static string Finish(string run)
    {
        using var probe = Start(run);
        var output = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        Assert.Equal(0, probe.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
    }

    private static void KillAfter(Process probe, int steps, int microseconds)
    {
        while (steps-- > 0 && probe.StandardOutput.ReadLine() is not null) { }
        Thread.Sleep(TimeSpan.FromMicroseconds(microseconds));
        Kill(probe);
    }

    /// <summary>Watches for a checkpoint under its temporary name. False when it was complete before the signal came.</summary>
    private static bool KillWhileWriting(Process probe, string run)
    {
        probe.StandardOutput.ReadLine();
        var checkpoints = Path.Combine(run, "checkpoints");
        while (!probe.HasExited && !HalfWritten(checkpoints)) Thread.Yield();
        Kill(probe);
        return HalfWritten(checkpoints);
    }

    private static bool HalfWritten(string checkpoints) => Directory.Exists(checkpoints) && Directory.EnumerateDirectories(checkpoints, ".tmp-*").Any();

    private static void Kill(Process probe)
    {
        probe.Kill();
        probe.WaitForExit();
    }

    /// <summary>Steps and rewards of a run: each step once.</summary>
    private static string[] Lines(string run) =>
        [.. new KdRl.Training.JsonLines(Path.Combine(run, "metrics.jsonl")).Read().Select(l => $"{l["step"]} {l["reward"]} {l["loss"]} {l["eval_accuracy"]}")];
}
