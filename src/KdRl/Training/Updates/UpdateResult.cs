using KdRl.Rewards;

namespace KdRl.Training;

/// <summary>What the optimiser updates of one step did. Rows are the rollouts of the step's groups, in order.</summary>
internal sealed record UpdateResult
{
    /// <summary>The policy's log-prob of each completion token at the first update; null for a row that was not reached.</summary>
    public required float[]?[] LogProbs { get; init; }

    /// <summary>The policy's entropy at each of them.</summary>
    public required float[]?[] Entropy { get; init; }

    /// <summary>The teacher's log-prob of each of them, where it was asked during the update; otherwise null.</summary>
    public required float[]?[] TeacherLogProbs { get; init; }

    /// <summary>Updates applied.</summary>
    public required int Applied { get; init; }

    /// <summary>Updates skipped, and why.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>Rows of the updates that were skipped.</summary>
    public required IReadOnlyList<int> SkippedRows { get; init; }

    /// <summary>Mean norm before clipping; NaN when none was applied.</summary>
    public required double GradNorm { get; init; }

    /// <summary>Metrics of the objective by name, averaged over the updates; empty when none was applied.</summary>
    public required IReadOnlyDictionary<string, double> Parts { get; init; }

    /// <summary>Micro-batches run.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Seconds taken.</summary>
    public required double Seconds { get; init; }

    /// <summary>Seconds of them for the policy's log-probs.</summary>
    public required double ForwardSeconds { get; init; }

    /// <summary>Seconds of them for the gradient.</summary>
    public required double BackwardSeconds { get; init; }

    /// <summary>The groups with what the teacher said during the update.</summary>
    public IReadOnlyList<ScoredGroup> WithTeacher(IReadOnlyList<ScoredGroup> groups)
    {
        if (TeacherLogProbs.All(t => t is null)) return groups;
        var row = 0;
        return [.. groups.Select(g => new ScoredGroup(g.Prompt, [.. g.Rollouts.Select(r => r with { TeacherLogProbs = TeacherLogProbs[row++] })]))];
    }
}
