namespace KdRl.Rewards.Code;

/// <summary>How answers in one programming language are run. Implement it to add a language.</summary>
public interface ICodeLanguage
{
    /// <summary>Its name, as <see cref="CodeTests.Language"/> gives it.</summary>
    string Name { get; }

    /// <summary>What stands behind the opening fence of a code block in this language, lower case.</summary>
    IReadOnlyList<string> FenceTags { get; }

    /// <summary>Whether it can run test code (<see cref="AssertTests"/>).</summary>
    bool HasExaminer { get; }

    /// <summary>Makes an answer ready to be run: compiles it, in the sandbox, where the language needs that.</summary>
    /// <param name="code">The answer's code.</param>
    /// <param name="callable">Whether its functions will be called, rather than the code be run as a program.</param>
    /// <param name="sandbox">Where to compile.</param>
    /// <param name="limits">What a run of the answer may use; a compiler may take more.</param>
    /// <param name="ct">Cancels the work.</param>
    ValueTask<PreparedCode> PrepareAsync(string code, bool callable, ISandbox sandbox, SandboxLimits limits, CancellationToken ct);

    /// <summary>Test code that questions an answer prepared as callable.</summary>
    /// <param name="test">The test code; it calls the answer's functions by their names.</param>
    /// <param name="verdict">The line that it writes when all of it passed.</param>
    /// <param name="names">The only names that may be the answer's; empty for every name that the test code does not know.</param>
    /// <param name="limits">What it may use.</param>
    /// <exception cref="NotSupportedException"><see cref="HasExaminer"/> is false.</exception>
    SandboxProgram Examiner(string test, string verdict, IReadOnlyList<string> names, SandboxLimits limits);
}
