namespace KdRl.Rewards.Code;

/// <summary>Runs a program once for each case and compares its output here, outside the sandbox.</summary>
internal static class ProgramGrader
{
    public static async Task<Grade> GradeAsync(ProgramTests tests, SandboxProgram program, ISandbox sandbox, GradeRules rules, CancellationToken ct)
    {
        var grade = new Grade(tests.Cases.Count);
        foreach (var test in tests.Cases)
        {
            var limits = program.Limits with { OutputBytes = program.Limits.OutputBytes + test.Output.Length };
            var run = await sandbox.RunAsync(program with { StandardInput = test.Input, Limits = limits }, ct).ConfigureAwait(false);
            if (run.IsFault) grade.Fail(run);
            else if (!run.IsSuccess) grade.Add(RunWords.Outcome(run), RunWords.Of(run));
            else if (OutputComparer.AreEqual(test.Output, run.StandardOutput)) grade.Add(CaseOutcome.Passed, "");
            else grade.Add(CaseOutcome.WrongAnswer, $"wrong output, beginning {Start(run.StandardOutput)}");
            if (rules.IsDecided(grade)) break;
        }
        return grade;
    }

    private static string Start(string output) => output.Length <= 60 ? $"'{output.TrimEnd()}'" : $"'{output[..60]}…'";
}
