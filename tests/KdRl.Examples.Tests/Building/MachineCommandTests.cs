using System.Diagnostics;
using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Building;

/// <summary><c>.ci/run</c> with a stand-in for the <c>dotnet</c> command that leaves the given reports.</summary>
public sealed class MachineCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdrl-ci-");
    private readonly int projects = Directory.EnumerateFiles(Repository.Path("tests"), "*.csproj", SearchOption.AllDirectories)
        .Count(f => File.ReadAllText(f).Contains("<IsTestProject>true", StringComparison.Ordinal));

    [SkippableFact]
    public void Run_AllPassed_CountsAndSucceeds() =>
        Assert.Equal((0, $"{4 * projects} passed, 0 failed"), Run(0, [.. Enumerable.Repeat((4, 4, 4), projects)]));

    [SkippableFact]
    public void Run_SkippedTests_AreNamed() =>
        Assert.Equal((0, $"{4 * projects - 1} passed, 0 failed, 1 skipped"), Run(0, [(4, 3, 3), .. Enumerable.Repeat((4, 4, 4), projects - 1)]));

    [SkippableFact]
    public void Run_FailedTests_FailEvenIfTheCommandDoesNot() =>
        Assert.Equal((1, $"{4 * projects - 2} passed, 2 failed"), Run(0, [(4, 4, 2), .. Enumerable.Repeat((4, 4, 4), projects - 1)]));

    [SkippableFact]
    public void Run_MissingReport_CountsAsFailure() =>
        Assert.Equal((1, $"{4 * (projects - 1)} passed, 1 failed"), Run(0, [.. Enumerable.Repeat((4, 4, 4), projects - 1)]));

    [SkippableFact]
    public void Run_EmptyReport_CountsAsFailure() =>
        Assert.Equal((1, $"{4 * (projects - 1)} passed, 1 failed"), Run(0, [(0, 0, 0), .. Enumerable.Repeat((4, 4, 4), projects - 1)]));

    [SkippableFact]
    public void Run_CrashAfterTheLastTest_CountsAsFailure() =>
        Assert.Equal((1, $"{4 * projects} passed, 1 failed"), Run(1, [.. Enumerable.Repeat((4, 4, 4), projects)]));

    [SkippableFact]
    public void Run_NoReportAtAll_CountsAsFailure() => Assert.Equal((1, "0 passed, 1 failed"), Run(1, []));

    [SkippableFact]
    public void Run_FailedBuild_CountsAsFailure() => Assert.Equal((1, "0 passed, 1 failed"), Run(0, [(4, 4, 4)], build: 1));

    public void Dispose() => folder.Delete(recursive: true);

    private (int ExitCode, string LastLine) Run(int test, (int Total, int Executed, int Passed)[] reports, int build = 0)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the command is a bash script");
        for (var i = 0; i < reports.Length; i++)
            File.WriteAllText(Path.Combine(folder.FullName, $"{i}.trx"),
                $"<TestRun><ResultSummary><Counters total=\"{reports[i].Total}\" executed=\"{reports[i].Executed}\" passed=\"{reports[i].Passed}\" failed=\"0\" /></ResultSummary></TestRun>");
        var dotnet = Path.Combine(folder.FullName, "dotnet");
        File.WriteAllText(dotnet, $$"""
            #!/usr/bin/env bash
            [ "$1" = test ] || exit {{build}}
            cp '{{folder.FullName}}'/*.trx "${@: -1}" 2>/dev/null
            exit {{test}}
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var start = new ProcessStartInfo(Repository.Path(".ci", "run")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Empty(errors.Result);
        return (process.ExitCode, output.TrimEnd().Split('\n')[^1]);
    }
}
