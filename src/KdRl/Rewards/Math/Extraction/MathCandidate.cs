namespace KdRl.Rewards;

/// <summary>The answer found in a response, or why there is none.</summary>
/// <param name="Status"><see cref="MathVerdictStatus.Compared"/> when there is one.</param>
/// <param name="Texts">The answer; several when boxes stand side by side.</param>
/// <param name="Start">Where it starts in the response.</param>
internal readonly record struct MathCandidate(MathVerdictStatus Status, string[] Texts, int Start)
{
    public static MathCandidate None(MathVerdictStatus status) => new(status, [], -1);
}
