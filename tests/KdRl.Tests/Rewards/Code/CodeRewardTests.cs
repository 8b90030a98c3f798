using System.Text;
using KdRl.Rewards;
using KdRl.Rewards.Code;
using Microsoft.Extensions.Options;

namespace KdRl.Tests.Rewards.Code;

/// <summary>What a run means for the score, told by a sandbox that does as it is told.</summary>
public sealed class CodeRewardTests
{
    private static readonly string TwoCases = CodeRequests.Program(("1", "2"), ("2", "4"));
    private static readonly SandboxResult Right = new(SandboxStatus.Exited) { ExitCode = 0, StandardOutput = "2" };

    [Theory]
    [InlineData(CodeScoring.AllOrNothing, 0, false, 2)]
    [InlineData(CodeScoring.PassRate, 0.5, false, 2)]
    [InlineData(CodeScoring.Staged, 0.55, false, 2)]
    public async Task ScoreAsync_HalfOfTheTests_IsScored(CodeScoring scoring, double value, bool correct, int runs)
    {
        var sandbox = new FakeSandbox(_ => Right);

        var outcome = await Score(sandbox, TwoCases, scoring);

        Assert.Equal((RewardStatus.Scored, value, correct), (outcome.Status, outcome.Value, outcome.Correct));
        Assert.Equal((0.5, 2.0), (outcome.Parts["passed"], outcome.Parts["run"]));
        Assert.Equal(runs, sandbox.Programs.Count);
        Assert.Contains("case 1", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAsync_AllTestsPass_IsOneInEveryScoring()
    {
        foreach (var scoring in Enum.GetValues<CodeScoring>())
        {
            var outcome = await Score(new FakeSandbox(p => Right with { StandardOutput = $"{2 * int.Parse(p.StandardInput)}" }), TwoCases, scoring);

            Assert.Equal((1, true, null), (outcome.Value, outcome.Correct, outcome.Reason));
        }
    }

    [Fact]
    public async Task ScoreAsync_AllOrNothing_StopsAtTheFirstWrongCase()
    {
        var sandbox = new FakeSandbox(_ => Right with { StandardOutput = "no" });

        var outcome = await Score(sandbox, TwoCases, CodeScoring.AllOrNothing);

        Assert.Equal((0, 1), (outcome.Value, sandbox.Programs.Count));
    }

    [Theory]
    [InlineData(SandboxStatus.CpuLimit)]
    [InlineData(SandboxStatus.WallLimit)]
    [InlineData(SandboxStatus.MemoryLimit)]
    [InlineData(SandboxStatus.OutputLimit)]
    public async Task ScoreAsync_Overrun_IsTheAnswersFault(SandboxStatus status)
    {
        // The right output beforehand does not count.
        var outcome = await Score(new FakeSandbox(_ => new SandboxResult(status) { StandardOutput = "2" }), TwoCases, CodeScoring.Staged);

        Assert.Equal((RewardStatus.Scored, 0.05, false), (outcome.Status, outcome.Value, outcome.Correct));
        Assert.Contains(status.ToString(), outcome.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SandboxStatus.Failed, RewardStatus.Failed)]
    [InlineData(SandboxStatus.TimedOut, RewardStatus.TimedOut)]
    public async Task ScoreAsync_FaultOfTheSandbox_HasNoScore(SandboxStatus status, RewardStatus expected)
    {
        foreach (var tests in new[] { TwoCases, CodeRequests.Function("f", "python", ([1], 2)) })
        {
            var outcome = await Score(new FakeSandbox(_ => SandboxResult.Fault(status, "no power")), tests, CodeScoring.PassRate);

            Assert.Equal((expected, null, "no power"), (outcome.Status, outcome.Value, outcome.Reason));
        }
        var fault = SandboxResult.Fault(status, "no power");
        var examined = await Score(new FakeSandbox(_ => fault, () => new SandboxDialogue(fault, fault, true)), CodeRequests.Assert("assert f(1) == 2"), CodeScoring.PassRate);
        Assert.Equal((expected, null), (examined.Status, examined.Value));
    }

    [Theory]
    [InlineData(0, "x", 0)] // right code without output
    [InlineData(1, "2", 0)] // right output, but it failed
    [InlineData(0, "2", 1)]
    public async Task ScoreAsync_Program_NeedsRightOutputAndExitCode(int exit, string output, double value)
    {
        var outcome = await Score(new FakeSandbox(_ => Right with { ExitCode = exit, StandardOutput = output }), CodeRequests.Program(("1", "2")), CodeScoring.AllOrNothing);

        Assert.Equal(value, outcome.Value);
    }

    [Theory]
    [InlineData("no code at all", 0.01)]
    [InlineData("```python\nx\n```", 0.02)] // 65: does not compile
    public async Task ScoreAsync_Staged_UsesTheLevels(string response, double value)
    {
        var levels = new CodeLevels { NoCode = 0.01, SyntaxError = 0.02, Crash = 0.03, Runs = 0.04 };
        var reward = new CodeReward(new FakeSandbox(_ => new SandboxResult(SandboxStatus.Exited) { ExitCode = 65 }), new CodeRewardOptions { Scoring = CodeScoring.Staged, Levels = levels });

        var outcome = await reward.ScoreAsync(CodeRequests.Of(TwoCases, response), CancellationToken.None);

        Assert.Equal((RewardStatus.Scored, value, false), (outcome.Status, outcome.Value, outcome.Correct));
    }

    [Fact]
    public async Task ScoreAsync_ManyCrashes_AreNotAllRun()
    {
        var sandbox = new FakeSandbox(_ => new SandboxResult(SandboxStatus.CpuLimit));

        var outcome = await Score(sandbox, CodeRequests.Program([.. Enumerable.Range(0, 20).Select(i => ($"{i}", "x"))]), CodeScoring.PassRate);

        Assert.Equal((0, 3), (outcome.Value, sandbox.Programs.Count));
    }

    [Fact]
    public async Task ScoreAsync_Expected_NeverEntersTheSandboxOfTheAnswer()
    {
        const string secret = "8a6f04c1";
        var sandbox = new FakeSandbox(_ => Right, () => new SandboxDialogue(new SandboxResult(SandboxStatus.Dismissed), Right, false));

        await Score(sandbox, CodeRequests.Program(("1", secret)), CodeScoring.AllOrNothing);
        await Score(sandbox, CodeRequests.Function("f", "python", ([1], secret)), CodeScoring.AllOrNothing);
        await Score(sandbox, CodeRequests.Assert($"assert f(1) == '{secret}'"), CodeScoring.AllOrNothing);

        var seen = sandbox.Programs.Select(p => string.Join('\n', [.. p.Command, p.StandardInput, .. p.Files.Values.Select(f => Encoding.UTF8.GetString(f.Span))])).ToArray();
        Assert.Equal([false, false, false, true], seen.Select(text => text.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ScoreAsync_VerdictWithoutSuccess_IsWrong()
    {
        var (dismissed, failed) = (new SandboxResult(SandboxStatus.Dismissed), new SandboxResult(SandboxStatus.Exited) { ExitCode = 1 });

        Assert.Equal(0, (await Score(new FakeSandbox(_ => Right, () => new SandboxDialogue(dismissed, failed, true)), CodeRequests.Assert("x"), CodeScoring.AllOrNothing)).Value);
        Assert.Equal(0, (await Score(new FakeSandbox(_ => Right, () => new SandboxDialogue(dismissed, Right, false)), CodeRequests.Assert("x"), CodeScoring.AllOrNothing)).Value);
        Assert.Equal(1, (await Score(new FakeSandbox(_ => Right, () => new SandboxDialogue(dismissed, Right, true)), CodeRequests.Assert("x"), CodeScoring.AllOrNothing)).Value);
    }

    [Theory]
    [InlineData(null, RewardStatus.NotApplicable)]
    [InlineData("{", RewardStatus.Failed)]
    [InlineData("""{"language": "cobol", "cases": [{"input": "", "output": ""}]}""", RewardStatus.Failed)]
    public async Task ScoreAsync_NoUsableTests_HasNoScore(string? tests, RewardStatus expected)
    {
        var sandbox = new FakeSandbox(_ => Right);
        var outcome = await new CodeReward(sandbox).ScoreAsync(CodeRequests.Of(tests, "```python\nx\n```"), CancellationToken.None);

        Assert.Equal((expected, null, 0), (outcome.Status, outcome.Value, sandbox.Programs.Count));
    }

    [Fact]
    public async Task ScoreAsync_CodeTooLong_IsWrong()
    {
        var reward = new CodeReward(new FakeSandbox(_ => Right), new CodeRewardOptions { MaxCodeLength = 10 });

        Assert.Equal(0, (await reward.ScoreAsync(CodeRequests.WithCode(CodeRequests.Program(("1", "2")), "x = 123456789"), CancellationToken.None)).Value);
    }

    [Fact]
    public async Task ScoreAsync_Prefix_StandsBeforeTheCode()
    {
        var sandbox = new FakeSandbox(_ => Right);
        var reward = new CodeReward(sandbox, tests: _ => new ProgramTests([new ProgramCase("1", "2")]) { Prefix = "import math" });

        await reward.ScoreAsync(CodeRequests.WithCode("", "x"), CancellationToken.None);

        Assert.Equal("import math\nx\n", Encoding.UTF8.GetString(sandbox.Programs[0].Files["solution.py"].Span));
    }

    [Fact]
    public void Ctor_Options_AreChecked()
    {
        void Refused(CodeRewardOptions options, string part) => Assert.Contains(part, Assert.Throws<OptionsValidationException>(() => new CodeReward(new FakeSandbox(_ => Right), options)).Message, StringComparison.Ordinal);

        Refused(new CodeRewardOptions { Levels = new CodeLevels() }, "Levels");
        Refused(new CodeRewardOptions { Scoring = CodeScoring.Staged, Levels = new CodeLevels { NoCode = 0.5 } }, "worse answer");
        Refused(new CodeRewardOptions { Scoring = (CodeScoring)9 }, "Scoring");
        Refused(new CodeRewardOptions { Languages = [] }, "Languages");
        Refused(new CodeRewardOptions { Languages = [CodeLanguages.Python, CodeLanguages.Python] }, "twice");
        Refused(new CodeRewardOptions { Limits = new SandboxLimits { CpuSeconds = 0 } }, "CpuSeconds");
        Refused(new CodeRewardOptions { Limits = new SandboxLimits { LostAfterSeconds = 5 } }, "LostAfterSeconds");
        Refused(new CodeRewardOptions { MaxCrashes = 0 }, "MaxCrashes");
    }

    [Fact]
    public void CacheVersion_Options_ChangeIt()
    {
        string Version(CodeRewardOptions options) => new CodeReward(new FakeSandbox(_ => Right), options).CacheVersion;

        Assert.Equal(Version(new CodeRewardOptions()), Version(new CodeRewardOptions()));
        Assert.Equal(4, new[]
        {
            Version(new CodeRewardOptions()), Version(new CodeRewardOptions { Scoring = CodeScoring.PassRate }),
            Version(new CodeRewardOptions { Limits = new SandboxLimits { CpuSeconds = 6 } }), Version(new CodeRewardOptions { Languages = [CodeLanguages.Python] }),
        }.Distinct().Count());
    }

    private static Task<RewardOutcome> Score(ISandbox sandbox, string tests, CodeScoring scoring) =>
        new CodeReward(sandbox, new CodeRewardOptions { Scoring = scoring }).ScoreAsync(CodeRequests.WithCode(tests, "x"), CancellationToken.None).AsTask();
}
