namespace KdRl.Rewards.Code;

/// <summary>
/// The answer has to satisfy test code, which runs to its end only if it does. Test code runs in a sandbox of its own and sees the answer's
/// objects from afar: what its functions return arrives as plain data, so that neither equality nor built-ins nor an early exit can be faked.
/// </summary>
/// <param name="Code">Test code in the answer's language. What it does not define itself is looked up in the answer.</param>
/// <remarks>
/// In Python, functions named <c>test_…</c> without parameters are called too. Arguments that a function changes in place (lists,
/// dictionaries, sets) are changed in the test code as well. An object that is not plain data (an instance of a class, a generator, an array
/// of a package) stays with the answer: its attributes and methods can be used, but it is equal to nothing else. Test code that hands the answer
/// a function or another object that is not plain data, or sets an attribute of one of its objects, cannot be run: the answer has no score.
/// </remarks>
public sealed record AssertTests(string Code) : CodeTests
{
    /// <summary>The only names that are looked up in the answer. Left out: all that the test code does not define, so an answer may bring helpers that the tests forgot.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}
