using System.Security.Cryptography;

namespace KdRl.Rewards.Code;

/// <summary>Lets test code question an answer, each in a sandbox of its own.</summary>
internal static class AssertGrader
{
    /// <summary>The examiner's exit code for test code that does not compile, or asks for what cannot be done from afar.</summary>
    private const int BrokenTestExit = 66;

    public static async Task<Grade> GradeAsync(AssertTests tests, ICodeLanguage language, SandboxProgram host, ISandbox sandbox, CancellationToken ct)
    {
        var grade = new Grade(1);
        var verdict = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        // It waits while the answer works, and may hand it large arguments.
        var wall = 2 * host.Limits.WallSeconds + 5;
        var limits = host.Limits with { WallSeconds = wall, LostAfterSeconds = host.Limits.LostAfterSeconds + wall, OutputBytes = Math.Max(host.Limits.OutputBytes, 16 << 20) };
        var examiner = language.Examiner(tests.Code, verdict, tests.Names, limits);
        var (answer, questions, passed) = await sandbox.ExamineAsync(host, examiner, verdict, ct).ConfigureAwait(false);
        if (answer.IsFault || questions.IsFault) grade.Fail(answer.IsFault ? answer : questions);
        else if (passed && questions.IsSuccess) grade.Add(CaseOutcome.Passed, "");
        // The answer ended before it was dismissed.
        else if (answer.Status != SandboxStatus.Dismissed && questions.Status == SandboxStatus.Dismissed) grade.Add(RunWords.Outcome(answer), RunWords.Of(answer));
        else if (questions is { Status: SandboxStatus.Exited, ExitCode: not BrokenTestExit }) grade.Add(CaseOutcome.WrongAnswer, RunWords.LastLine(questions.StandardError));
        else grade.Fail(SandboxResult.Fault(SandboxStatus.Failed, $"the test code failed, not the answer: {RunWords.Of(questions)}"));
        return grade;
    }
}
