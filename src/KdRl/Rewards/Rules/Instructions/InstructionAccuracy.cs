namespace KdRl.Rewards;

/// <summary>The four accuracies of IFEval over many responses.</summary>
/// <param name="PromptStrict">The share of prompts with all instructions followed strictly, in [0, 1].</param>
/// <param name="PromptLoose">The share of prompts with all instructions followed loosely.</param>
/// <param name="InstructionStrict">The share of instructions followed strictly, over all prompts.</param>
/// <param name="InstructionLoose">The share of instructions followed loosely, over all prompts.</param>
/// <param name="ByType">The share followed strictly and loosely, and the number, of each type.</param>
public sealed record InstructionAccuracy(
    double PromptStrict,
    double PromptLoose,
    double InstructionStrict,
    double InstructionLoose,
    IReadOnlyDictionary<string, (double Strict, double Loose, int Count)> ByType)
{
    /// <summary>Counts reports together.</summary>
    /// <param name="reports">One report a response; at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static InstructionAccuracy Of(IReadOnlyList<InstructionReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0) throw new ArgumentException("There are no reports; expected at least one.", nameof(reports));
        var single = reports.SelectMany(r => r.Ids.Select((id, i) => (Id: id, Strict: r.Strict[i], Loose: r.Loose[i]))).ToArray();
        return new InstructionAccuracy(
            reports.Average(r => r.Strict.All(f => f) ? 1.0 : 0),
            reports.Average(r => r.Loose.All(f => f) ? 1.0 : 0),
            single.Average(s => s.Strict ? 1.0 : 0),
            single.Average(s => s.Loose ? 1.0 : 0),
            single.GroupBy(s => s.Id).ToDictionary(g => g.Key, g => (g.Average(s => s.Strict ? 1.0 : 0), g.Average(s => s.Loose ? 1.0 : 0), g.Count())));
    }
}
