namespace KdRl.Rewards.Code;

/// <summary>What came of a run.</summary>
/// <param name="Status">How it ended.</param>
public sealed record SandboxResult(SandboxStatus Status)
{
    /// <summary>The exit code, when it exited.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended it, if one did.</summary>
    public int? Signal { get; init; }

    /// <summary>What it wrote to its standard output, read as UTF-8. Empty in a dialogue.</summary>
    public string StandardOutput { get; init; } = "";

    /// <summary>The end of what it wrote to its standard error, a few thousand bytes at most.</summary>
    public string StandardError { get; init; } = "";

    /// <summary>Content of <see cref="SandboxProgram.OutputFile"/>, when it was asked for and is there.</summary>
    public ReadOnlyMemory<byte>? OutputFile { get; init; }

    /// <summary>CPU seconds that it used, with everything it started.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Seconds from its start to its end.</summary>
    public double WallSeconds { get; init; }

    /// <summary>Whether it exited with code 0.</summary>
    public bool IsSuccess => Status == SandboxStatus.Exited && ExitCode == 0;

    /// <summary>Whether nothing is known about the program, because the sandbox or the machine failed.</summary>
    public bool IsFault => Status is SandboxStatus.Failed or SandboxStatus.TimedOut;

    /// <summary>A fault of the sandbox.</summary>
    /// <param name="status"><see cref="SandboxStatus.Failed"/> or <see cref="SandboxStatus.TimedOut"/>.</param>
    /// <param name="reason">What happened; it stands in <see cref="StandardError"/>.</param>
    /// <exception cref="ArgumentException">The status is not a fault.</exception>
    public static SandboxResult Fault(SandboxStatus status, string reason) => status is SandboxStatus.Failed or SandboxStatus.TimedOut
        ? new SandboxResult(status) { StandardError = reason }
        : throw new ArgumentException($"{status} is not a fault; expected Failed or TimedOut.", nameof(status));
}
