namespace KdRl.Rewards.Code;

/// <summary>What came of one test.</summary>
internal enum CaseOutcome
{
    Passed,
    WrongAnswer,
    Crashed,
    NotCompiled,
}
