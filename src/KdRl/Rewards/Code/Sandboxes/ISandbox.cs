namespace KdRl.Rewards.Code;

/// <summary>Runs programs that nobody trusts. Replace it to run them elsewhere, for example on a remote service.</summary>
/// <remarks>
/// Called concurrently. What a program did, a crash or an overrun included, is a <see cref="SandboxResult"/>; so is a fault of the sandbox
/// (<see cref="SandboxStatus.Failed"/>, <see cref="SandboxStatus.TimedOut"/>). Only cancellation throws. Time limits count from the start
/// of the program, never the waiting for its turn.
/// </remarks>
public interface ISandbox
{
    /// <summary>Runs a program to its end.</summary>
    ValueTask<SandboxResult> RunAsync(SandboxProgram program, CancellationToken ct = default);

    /// <summary>
    /// Runs a program and an examiner, each out of the other's reach; complete lines that one writes to its standard output are the other's
    /// standard input. They take turns: each line of the examiner gets one line of the program; an empty line is not passed on and just asks
    /// for the program's next one. When the examiner ends, the program is dismissed.
    /// </summary>
    /// <param name="program">The program that nobody trusts.</param>
    /// <param name="examiner">The trusted program that questions it.</param>
    /// <param name="verdict">A line of the examiner that is not passed on: see <see cref="SandboxDialogue.HasVerdict"/>.</param>
    /// <param name="ct">Cancels both.</param>
    /// <remarks>A sandbox that cannot do this returns <see cref="SandboxStatus.Failed"/> for the examiner, with the reason.</remarks>
    ValueTask<SandboxDialogue> ExamineAsync(SandboxProgram program, SandboxProgram examiner, string verdict, CancellationToken ct = default);
}
