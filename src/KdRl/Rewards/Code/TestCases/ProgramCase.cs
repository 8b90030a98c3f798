namespace KdRl.Rewards.Code;

/// <summary>What a program reads and has to write.</summary>
/// <param name="Input">Its standard input.</param>
/// <param name="Output">The expected standard output, compared as <see cref="OutputComparer"/> says.</param>
public sealed record ProgramCase(string Input, string Output);
