namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>Everything that was measured; the whole of <c>compare.json</c>.</summary>
internal sealed record ComparisonResult
{
    public required string Command { get; init; }

    public required string Versions { get; init; }

    public required int Steps { get; init; }

    public required IReadOnlyList<long> Seeds { get; init; }

    public required IReadOnlyList<RunSummary> Runs { get; init; }

    /// <summary>Teachers in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Teachers => [.. Runs.Select(r => r.Teacher).Distinct()];

    /// <summary>The lines for one teacher: the start, then each method in the order of the runs.</summary>
    public IReadOnlyList<ArmRow> Rows(string teacher)
    {
        var methods = Runs.Where(r => r.Teacher == teacher).GroupBy(r => r.Method).Select(g => (Name: g.Key, Runs: InSeedOrder(g))).ToArray();
        var any = methods[0].Runs;
        return
        [
            new ArmRow(ArmRow.Start, teacher, [.. any.Select(r => r.StartAccuracy)], any.Average(r => r.StartAnswerTokens)),
            .. methods.Select(m => new ArmRow(
                m.Name, teacher, [.. m.Runs.Select(r => r.FinalAccuracy)], m.Runs.Average(r => r.FinalAnswerTokens))),
        ];
    }

    /// <summary>Accuracy of a teacher over the seeds.</summary>
    public MeanInterval TeacherAccuracy(string teacher) =>
        MeanInterval.Of([.. InSeedOrder(Runs.Where(r => r.Teacher == teacher).DistinctBy(r => r.Seed)).Select(r => r.TeacherAccuracy)]);

    private RunSummary[] InSeedOrder(IEnumerable<RunSummary> runs)
    {
        var bySeed = runs.ToDictionary(r => r.Seed);
        return [.. Seeds.Select(s => bySeed[s])];
    }
}
