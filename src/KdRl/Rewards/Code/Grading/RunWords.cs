namespace KdRl.Rewards.Code;

/// <summary>Says in words how a program ended without an answer.</summary>
internal static class RunWords
{
    public static CaseOutcome Outcome(SandboxResult run) =>
        run is { Status: SandboxStatus.Exited, ExitCode: PreparedCode.SyntaxErrorExit } ? CaseOutcome.NotCompiled : CaseOutcome.Crashed;

    public static string Of(SandboxResult run)
    {
        var what = run.Status switch
        {
            SandboxStatus.Exited when run.Signal is { } signal => $"ended by signal {signal}",
            SandboxStatus.Exited => $"exit code {run.ExitCode}",
            var limit => limit.ToString(),
        };
        return LastLine(run.StandardError) is { Length: > 0 } line ? $"{what}: {line}" : what;
    }

    public static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim();
}
