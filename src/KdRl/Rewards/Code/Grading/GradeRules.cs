namespace KdRl.Rewards.Code;

/// <summary>When grading ends before the last test.</summary>
/// <param name="StopAtFirst">One failed test decides.</param>
/// <param name="MaxCrashes">So many crashes decide.</param>
internal sealed record GradeRules(bool StopAtFirst, int MaxCrashes)
{
    public bool IsDecided(Grade grade) => grade.Fault is not null || grade.IsNotCompiled || grade.Run == grade.Total
        || (StopAtFirst && grade.Passed < grade.Run) || grade.Crashes >= MaxCrashes;
}
