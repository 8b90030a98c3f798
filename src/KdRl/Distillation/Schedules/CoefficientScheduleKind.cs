namespace KdRl.Distillation;

/// <summary>The schedules that configuration can name.</summary>
public enum CoefficientScheduleKind
{
    /// <summary><see cref="ConstantSchedule"/>: uses <see cref="CoefficientScheduleOptions.Start"/>.</summary>
    Constant,

    /// <summary><see cref="LinearAnnealSchedule"/>: uses Start, End (the floor) and PerStep.</summary>
    LinearAnneal,

    /// <summary><see cref="LinearToZeroSchedule"/>: uses Start and Steps.</summary>
    LinearToZero,

    /// <summary><see cref="StepSwitchSchedule"/>: uses Start (before), End (after) and Steps (the first step of the second).</summary>
    StepSwitch,

    /// <summary><see cref="CosineSchedule"/>: uses Start, End and Steps.</summary>
    Cosine,
}
