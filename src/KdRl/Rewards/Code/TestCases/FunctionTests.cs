namespace KdRl.Rewards.Code;

/// <summary>The answer is a function: for each case it is called and has to return the result.</summary>
/// <param name="Function">Its name; <c>Class.method</c> for a method of a class, of which each call gets a new instance.</param>
/// <param name="Cases">The cases, at least one. They share a run of the program, as long as it lives.</param>
public sealed record FunctionTests(string Function, IReadOnlyList<FunctionCase> Cases) : CodeTests;
