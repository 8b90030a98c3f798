namespace KdRl.Rewards.Code;

/// <summary>What came of a program and its examiner.</summary>
/// <param name="Program">How the program ended; <see cref="SandboxStatus.Dismissed"/> when the examiner had no more questions.</param>
/// <param name="Examiner">How the examiner ended.</param>
/// <param name="HasVerdict">Whether the examiner wrote the line that was asked for. The program cannot: its output goes to the examiner only.</param>
public sealed record SandboxDialogue(SandboxResult Program, SandboxResult Examiner, bool HasVerdict);
