namespace KdRl.Training;

/// <summary>Gathers what the updates of one step did, as plain numbers.</summary>
/// <param name="rows">Rollouts of the step.</param>
internal sealed class UpdateLog(int rows)
{
    private readonly float[]?[] logProbs = new float[rows][], entropy = new float[rows][], teacher = new float[rows][];
    private readonly List<string> skipped = [];
    private readonly HashSet<int> skippedRows = [];
    private readonly Dictionary<string, double> parts = [];
    private double gradNorm, forwardSeconds, backwardSeconds;
    private int applied, microBatches;

    /// <summary>Notes what policy and teacher say of a row; the first time counts, before any update of the step reached it.</summary>
    public void Row(int row, float[] rowLogProbs, float[] rowEntropy, float[]? rowTeacher)
    {
        logProbs[row] ??= rowLogProbs;
        entropy[row] ??= rowEntropy;
        teacher[row] ??= rowTeacher;
    }

    /// <summary>Notes a micro-batch, the time to its loss and the time that the gradient took.</summary>
    public void MicroBatch(TimeSpan forward, TimeSpan backward)
    {
        microBatches++;
        forwardSeconds += forward.TotalSeconds;
        backwardSeconds += backward.TotalSeconds;
    }

    /// <summary>Notes an update that was applied.</summary>
    public void Applied(double updateGradNorm, IReadOnlyDictionary<string, double> updateParts)
    {
        applied++;
        gradNorm += updateGradNorm;
        foreach (var (name, value) in updateParts) parts[name] = parts.GetValueOrDefault(name) + value;
    }

    /// <summary>Notes an update that was not applied.</summary>
    public void Skipped(string reason, IEnumerable<int> updateRows)
    {
        skipped.Add(reason);
        skippedRows.UnionWith(updateRows);
    }

    /// <summary>What happened in all.</summary>
    public UpdateResult Result(double seconds) => new()
    {
        LogProbs = logProbs,
        Entropy = entropy,
        TeacherLogProbs = teacher,
        Applied = applied,
        Skipped = skipped,
        SkippedRows = [.. skippedRows.Order()],
        GradNorm = applied == 0 ? double.NaN : gradNorm / applied,
        Parts = parts.ToDictionary(p => p.Key, p => p.Value / applied),
        MicroBatches = microBatches,
        Seconds = seconds,
        ForwardSeconds = forwardSeconds,
        BackwardSeconds = backwardSeconds,
    };
}
