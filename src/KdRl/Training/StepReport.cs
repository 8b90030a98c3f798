using KdRl.Rewards;

namespace KdRl.Training;

/// <summary>What one step did.</summary>
/// <param name="Step">Steps completed: 1 after the first. 0 is the evaluation before training.</param>
/// <param name="Metrics">Numbers by name, as in <c>metrics.jsonl</c>.</param>
public sealed record StepReport(long Step, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>The evaluation that followed the step; null when there was none.</summary>
    public EvaluationReport? Evaluation { get; init; }

    /// <summary>What looks wrong, with its cause.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The step's groups, scored; empty for step 0.</summary>
    public IReadOnlyList<ScoredGroup> Groups { get; init; } = [];

    /// <summary>Why the run ends with this step although steps are left; null otherwise.</summary>
    public string? StopReason { get; init; }

    /// <summary>A metric, or NaN when the step has none of that name.</summary>
    public double this[string metric] => Metrics.GetValueOrDefault(metric, double.NaN);
}
