namespace KdRl.Examples.Quickstart.Comparison;

/// <summary>What to compare.</summary>
internal sealed class ComparisonOptions
{
    public required string Output { get; init; }

    public required IReadOnlyList<long> Seeds { get; init; }

    public required IReadOnlyList<string> Teachers { get; init; }

    public required int Steps { get; init; }

    /// <summary>Processes at a time.</summary>
    public required int Jobs { get; init; }

    /// <summary>The command line, for the record.</summary>
    public required string Command { get; init; }

    public int ThreadsPerJob => Math.Max(1, Environment.ProcessorCount / Jobs);

    /// <summary>Where the student and the teachers of a seed are kept.</summary>
    public string PreparedFolder(long seed) => Path.Combine(Output, $"seed-{seed}", "models");

    /// <summary>Every run; a method that asks no teacher is run once a seed.</summary>
    public IEnumerable<ComparisonArm> Arms() =>
        from seed in Seeds
        from teacher in Teachers
        from method in Methods.Names
        where Methods.Get(method).AsksTeacher || teacher == Teachers[0]
        select new ComparisonArm(seed, teacher, method, Path.Combine(
            Output, $"seed-{seed}", Methods.Get(method).AsksTeacher ? $"{method}-{teacher}" : method));
}
