namespace KdRl.Rewards;

/// <summary>Which instructions of a prompt a response follows.</summary>
/// <param name="Ids">The types of the instructions.</param>
/// <param name="Strict">Which of them the response follows as it is.</param>
/// <param name="Loose">Which of them it follows in one of eight forms; everything that is followed strictly is followed loosely.</param>
public sealed record InstructionReport(IReadOnlyList<string> Ids, IReadOnlyList<bool> Strict, IReadOnlyList<bool> Loose)
{
    /// <summary>The share of instructions followed strictly, in [0, 1].</summary>
    public double StrictShare => Strict.Count(f => f) / (double)Strict.Count;

    /// <summary>The share of instructions followed loosely, in [0, 1].</summary>
    public double LooseShare => Loose.Count(f => f) / (double)Loose.Count;
}
