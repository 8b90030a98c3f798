namespace KdRl.Rewards.Code;

/// <summary>What came of an answer's tests.</summary>
/// <param name="total">How many tests there are.</param>
internal sealed class Grade(int total)
{
    private const int ReasonLength = 300;
    private readonly List<CaseOutcome> outcomes = [];

    public int Total => total;

    public int Passed => outcomes.Count(o => o == CaseOutcome.Passed);

    public int Crashes => outcomes.Count(o => o == CaseOutcome.Crashed);

    public int Run => outcomes.Count;

    public bool AllPassed => Passed == total;

    public bool IsNotCompiled => outcomes.Contains(CaseOutcome.NotCompiled);

    /// <summary>Whether it gave no answer at all, right or wrong, in any test.</summary>
    public bool AllCrashed => outcomes.TrueForAll(o => o == CaseOutcome.Crashed);

    /// <summary>What the first failed test failed of.</summary>
    public string? Reason { get; private set; }

    /// <summary>A fault of sandbox or tests: nothing is known about the answer.</summary>
    public SandboxResult? Fault { get; private set; }

    public void Add(CaseOutcome outcome, string reason)
    {
        if (outcome != CaseOutcome.Passed) Reason ??= $"case {outcomes.Count}: {Cut(reason)}";
        outcomes.Add(outcome);
    }

    public void Fail(SandboxResult fault) => Fault = fault;

    private static string Cut(string text) => text.Length <= ReasonLength ? text : text[..ReasonLength] + "…";
}
