namespace KdRl.Training;

/// <summary>Where a run stands between two steps. Together with weights, optimiser moments and options it determines everything to come.</summary>
internal sealed record TrainingState
{
    /// <summary>Steps completed, skipped ones included: schedules and seeds go by it.</summary>
    public long Step { get; init; }

    /// <summary>Optimiser updates applied: the policy version.</summary>
    public long Updates { get; init; }

    /// <summary>Prompts drawn: the position in the data.</summary>
    public long Cursor { get; init; }

    /// <summary>Completion tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Updates skipped for a loss or gradient that was not finite.</summary>
    public long SkippedUpdates { get; init; }

    /// <summary>Rounds of dynamic sampling drawn.</summary>
    public long RefillRounds { get; init; }

    /// <summary>Seconds of training, over all processes that worked on the run.</summary>
    public double Seconds { get; init; }

    /// <summary>Every evaluation so far.</summary>
    public IReadOnlyList<EvaluationReport> Evaluations { get; init; } = [];

    /// <summary>Why the run ended early; null while it goes on.</summary>
    public string? StopReason { get; init; }

    /// <summary>SHA-256 of the options that decide how the run goes on.</summary>
    public string OptionsHash { get; init; } = "";

    /// <summary>The version of the library.</summary>
    public string LibraryVersion { get; init; } = "";
}
