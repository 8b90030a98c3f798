namespace KdRl.Rewards.Code;

/// <summary>The answer is a program: for each case it reads the input and has to write the output, and exit with code 0.</summary>
/// <param name="Cases">The cases, at least one.</param>
public sealed record ProgramTests(IReadOnlyList<ProgramCase> Cases) : CodeTests;
