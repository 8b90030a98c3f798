using KdRl.Rewards;

namespace KdRl.Tests.Rewards;

/// <summary>Verifies fuzzed inputs and collects what must not happen.</summary>
internal sealed class MathFuzzRun
{
    private const int MaxFailures = 20;

    private static readonly MathVerifierOptions Strict = MathVerifierOptions.Strict;
    private static readonly MathVerifierOptions Lenient = MathVerifierOptions.Lenient;
    private static readonly MathVerifierOptions Comma = new() { DecimalComma = true, NumberWords = true };

    /// <summary>What went wrong.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Inputs verified.</summary>
    public long Inputs { get; private set; }

    /// <summary>Verdicts of correct.</summary>
    public long Correct { get; private set; }

    /// <summary>Verdicts of too large.</summary>
    public long Exceeded { get; private set; }

    /// <summary>Most steps that one input took.</summary>
    public long MaxSteps { get; private set; }

    /// <summary>Answers that were compared with themselves.</summary>
    public long Reflexive { get; private set; }

    /// <summary>Pairs that were compared both ways.</summary>
    public long Symmetric { get; private set; }

    /// <summary>Live bytes after a tenth of the inputs, and after all of them.</summary>
    public (long Early, long Late) Memory { get; private set; }

    /// <summary>Runs the inputs of a seed.</summary>
    public static MathFuzzRun Run(long inputs, int seed, IReadOnlyList<string> realAnswers)
    {
        var run = new MathFuzzRun();
        var fuzzer = new MathFuzzer(seed, realAnswers);
        var reference = realAnswers[0];
        while (run.Inputs < inputs && run.Failures.Count < MaxFailures)
        {
            var answer = fuzzer.Answer();
            run.Try(reference, answer, fuzzer.Response(answer), (run.Inputs % 5) switch { 0 => Comma, 1 or 3 => Strict, _ => Lenient });
            reference = run.Inputs % 3 == 0 ? answer : realAnswers[(int)(run.Inputs % realAnswers.Count)];
            if (run.Inputs == inputs / 10) run.Memory = (GC.GetTotalMemory(true), 0);
        }
        run.Memory = (run.Memory.Early, GC.GetTotalMemory(true));
        return run;
    }

    private void Try(string reference, string answer, string response, MathVerifierOptions options)
    {
        Inputs++;
        try
        {
            var verification = new MathVerification(options);
            var verdict = verification.Run(reference, response);
            MaxSteps = Math.Max(MaxSteps, verification.Steps);
            if (verdict.IsCorrect) Correct++;
            if (verdict.Status == MathVerdictStatus.BudgetExceeded) Exceeded++;
            if (verdict.IsCorrect && verdict.Status != MathVerdictStatus.Compared) Failures.Add($"correct but {verdict.Status}: {reference} | {response}");
            if (Inputs % 16 == 0 && verdict != MathVerifier.Verify(reference, response, options)) Failures.Add($"wavers: {reference} | {response}");
            CheckReflexive(answer, options);
            if (Inputs % 4 == 0) CheckSymmetric(reference, answer);
        }
        catch (Exception error)
        {
            Failures.Add($"{error.GetType().Name} at {error.StackTrace?.Split('\n')[0].Trim()}: {reference} | {(response.Length > 300 ? response[..300] : response)}");
        }
    }

    /// <summary>What can be read equals itself, unless it is undefined or over the budget.</summary>
    private void CheckReflexive(string answer, MathVerifierOptions options)
    {
        if (IsSolution(answer)) return;
        var verification = new MathVerification(options);
        var verdict = verification.Run(answer, $@"\boxed{{{answer}}}");
        if (verdict.ExtractedAnswer != answer || verdict.Status != MathVerdictStatus.Compared) return;
        Reflexive++;
        if (!verdict.IsCorrect && !verification.IsUndefined) Failures.Add($"not itself: {answer}");
    }

    /// <summary>What neither rounds nor asks for a closed literal is symmetric.</summary>
    private void CheckSymmetric(string a, string b)
    {
        if (IsSolution(a) || IsSolution(b) || a.Contains('.', StringComparison.Ordinal) || b.Contains('.', StringComparison.Ordinal)) return;
        // An option is its letter only for a reference that is a letter.
        if (IsLetter(a) || IsLetter(b)) return;
        var (there, back) = (MathVerifier.Verify(a, $@"\boxed{{{b}}}", Lenient), MathVerifier.Verify(b, $@"\boxed{{{a}}}", Lenient));
        if (there.Status != MathVerdictStatus.Compared || back.Status != MathVerdictStatus.Compared || there.ExtractedAnswer != b || back.ExtractedAnswer != a) return;
        Symmetric++;
        if (there.IsCorrect != back.IsCorrect) Failures.Add($"not symmetric: {a} | {b}");
    }

    /// <summary>As a reference such a text is only what stands in its box or behind its mark.</summary>
    private static bool IsSolution(string answer) => answer.Contains("box", StringComparison.Ordinal) || answer.Contains("####", StringComparison.Ordinal);

    private static bool IsLetter(string answer) => MathAnswer.Read(answer, new MathBudget(Lenient.MaxNodes, Lenient.MaxDepth)) is { } read && MathChoices.Letter(read.Tokens) is not null;
}
