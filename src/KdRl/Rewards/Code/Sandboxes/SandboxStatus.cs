namespace KdRl.Rewards.Code;

/// <summary>How a run ended. All but <see cref="TimedOut"/> and <see cref="Failed"/> are the program's own doing.</summary>
public enum SandboxStatus
{
    /// <summary>It ended by itself; see <see cref="SandboxResult.ExitCode"/> and <see cref="SandboxResult.Signal"/>.</summary>
    Exited,

    /// <summary>It used up <see cref="SandboxLimits.CpuSeconds"/>.</summary>
    CpuLimit,

    /// <summary>It used up <see cref="SandboxLimits.WallSeconds"/>, not counting time in which the machine had no CPU for it.</summary>
    WallLimit,

    /// <summary>All its processes together held more than <see cref="SandboxLimits.MemoryBytes"/>. A process that asks for more just gets an error.</summary>
    MemoryLimit,

    /// <summary>It wrote more than <see cref="SandboxLimits.OutputBytes"/>.</summary>
    OutputLimit,

    /// <summary>Its examiner had no more questions.</summary>
    Dismissed,

    /// <summary>The machine was too busy to let it run (<see cref="SandboxLimits.LostAfterSeconds"/>): nothing is known about the program.</summary>
    TimedOut,

    /// <summary>The sandbox failed: nothing is known about the program.</summary>
    Failed,
}
