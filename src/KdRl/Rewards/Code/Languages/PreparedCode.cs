namespace KdRl.Rewards.Code;

/// <summary>An answer that can be run, or the reason why not.</summary>
/// <param name="Program">
/// The program. As a program it reads the standard input of each test. As callable code it reads requests and writes replies, one JSON
/// object a line: <c>{"id", "path", "args"}</c> gets <c>{"id", "value"}</c> or <c>{"id", "error": [type, message]}</c> (see host.py).
/// It exits with <see cref="SyntaxErrorExit"/> when the code does not compile. Null when it was compiled before, without success.
/// </param>
public sealed record PreparedCode(SandboxProgram? Program)
{
    /// <summary>The exit code that says: not a program of this language.</summary>
    public const int SyntaxErrorExit = 65;

    /// <summary>What became of the compiler, when there is no program: it found an error, or the sandbox failed.</summary>
    public SandboxResult? Compilation { get; init; }
}
