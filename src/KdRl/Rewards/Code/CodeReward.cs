using Microsoft.Extensions.Options;

namespace KdRl.Rewards.Code;

/// <summary>Runs the code of an answer in a sandbox against tests, and compares outside of it.</summary>
/// <remarks>
/// <para>
/// What is the answer's fault is scored: no code block, code that does not compile, a wrong output, a crash, and every overrun of a limit (CPU, wall
/// time, memory, processes, output), since it is measured inside the run. What is not its fault leaves it without a score: tests that cannot be
/// read or that fail by themselves, and a sandbox that fails, twice, are <see cref="RewardStatus.Failed"/>; a machine too busy to let the
/// program run is <see cref="RewardStatus.TimedOut"/>.
/// </para>
/// <para>
/// A program cannot fake its verdict. What is expected stays outside its sandbox: outputs and values are compared here; test code runs in another
/// sandbox (<see cref="AssertTests"/>). What it can do is compute the right value by any means inside its limits.
/// </para>
/// <para>Parts: <c>passed</c>, the share of all tests that passed; <c>run</c>, how many were run.</para>
/// </remarks>
public sealed class CodeReward : IReward, IQueuedReward
{
    private readonly ISandbox sandbox;
    private readonly CodeRewardOptions options;
    private readonly Func<RewardRequest, CodeTests?> tests;
    private readonly GradeRules rules;

    /// <summary>Makes the reward.</summary>
    /// <param name="sandbox">Where programs run. It is not disposed.</param>
    /// <param name="options">Settings, not to be changed afterwards; null for the defaults.</param>
    /// <param name="tests">
    /// Gives the tests of a prompt, or null where it has none; throws <see cref="FormatException"/> where they cannot be read. Left out:
    /// the prompt's reference is read by <see cref="CodeTests.Parse"/>.
    /// </param>
    /// <exception cref="OptionsValidationException">An option is out of range or without effect.</exception>
    public CodeReward(ISandbox sandbox, CodeRewardOptions? options = null, Func<RewardRequest, CodeTests?>? tests = null)
    {
        ArgumentNullException.ThrowIfNull(sandbox);
        options ??= new CodeRewardOptions();
        options.ThrowIfInvalid();
        (this.sandbox, this.options) = (sandbox, options);
        this.tests = tests ?? (request => request.Prompt.Reference is { } reference ? CodeTests.Parse(reference) : null);
        rules = new GradeRules(options.Scoring == CodeScoring.AllOrNothing, options.MaxCrashes);
        CacheVersion = options.Version;
    }

    /// <summary>Names what decides the scores besides prompt and answer: <c>reward.WithCache(cache, reward.CacheVersion)</c> keeps no stale ones. Tests from elsewhere than the prompt are not in it.</summary>
    public string CacheVersion { get; }

    /// <inheritdoc/>
    public string Name => "code";

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        CodeTests? wanted;
        try
        {
            wanted = tests(request);
        }
        catch (FormatException e)
        {
            return RewardOutcome.Unscored(RewardStatus.Failed, e.Message);
        }
        if (wanted is null) return RewardOutcome.Unscored(RewardStatus.NotApplicable, "the prompt has no tests");
        if (Problem(wanted) is { } problem) return RewardOutcome.Unscored(RewardStatus.Failed, problem);
        var language = Language(wanted)!;
        if (CodeBlock.Extract(request.Response, language.FenceTags) is not { } code) return Wrong(options.EffectiveLevels.NoCode, $"no {language.Name} code block");
        if (code.Length > options.MaxCodeLength) return Wrong(options.EffectiveLevels.SyntaxError, $"{code.Length} characters of code; at most {options.MaxCodeLength} are run");
        var prepared = await language.PrepareAsync(wanted.Prefix.Length == 0 ? code : $"{wanted.Prefix}\n{code}", wanted is not ProgramTests, sandbox, options.Limits, ct).ConfigureAwait(false);
        if (prepared.Program is not { } program) return NotCompiled(prepared.Compilation!);
        return Outcome(wanted switch
        {
            ProgramTests programs => await ProgramGrader.GradeAsync(programs, program, sandbox, rules, ct).ConfigureAwait(false),
            FunctionTests functions => await FunctionGrader.GradeAsync(functions, program, sandbox, rules, ct).ConfigureAwait(false),
            AssertTests asserts => await AssertGrader.GradeAsync(asserts, language, program, sandbox, ct).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"Tests of type {wanted.GetType().Name} have no grader."),
        });
    }

    private ICodeLanguage? Language(CodeTests wanted) => options.Languages.FirstOrDefault(l => l.Name == wanted.Language);

    /// <summary>What is wrong with the tests themselves.</summary>
    private string? Problem(CodeTests wanted) => (wanted, Language(wanted)) switch
    {
        (_, null) => $"tests are in '{wanted.Language}'; expected one of {string.Join(", ", options.Languages.Select(l => l.Name))}",
        (ProgramTests { Cases.Count: 0 } or FunctionTests { Cases.Count: 0 }, _) => "there are no test cases; expected at least one",
        (AssertTests, { HasExaminer: false }) => $"test code in {wanted.Language} cannot be run; expected cases of inputs and outputs, or of arguments and results",
        _ => null,
    };

    private RewardOutcome Outcome(Grade grade)
    {
        if (grade.Fault is { } fault) return Unknown(fault);
        var share = (double)grade.Passed / grade.Total;
        var levels = options.EffectiveLevels;
        var value = options.Scoring switch
        {
            CodeScoring.AllOrNothing => grade.AllPassed ? 1 : 0,
            CodeScoring.PassRate => share,
            _ when grade.IsNotCompiled => levels.SyntaxError,
            _ when grade.AllCrashed => levels.Crash,
            _ => levels.Runs + (1 - levels.Runs) * share,
        };
        return RewardOutcome.Scored(value, grade.AllPassed) with
        {
            Parts = new Dictionary<string, double> { ["passed"] = share, ["run"] = grade.Run },
            Reason = grade.Reason,
        };
    }

    private RewardOutcome NotCompiled(SandboxResult compilation) => compilation.IsFault
        ? Unknown(compilation)
        : Wrong(options.EffectiveLevels.SyntaxError, $"does not compile: {RunWords.Of(compilation)}");

    private RewardOutcome Wrong(double level, string reason) => RewardOutcome.Scored(options.Scoring == CodeScoring.Staged ? level : 0, correct: false) with
    {
        Parts = new Dictionary<string, double> { ["passed"] = 0, ["run"] = 0 },
        Reason = reason,
    };

    private static RewardOutcome Unknown(SandboxResult fault) =>
        RewardOutcome.Unscored(fault.Status == SandboxStatus.TimedOut ? RewardStatus.TimedOut : RewardStatus.Failed, fault.StandardError);
}
