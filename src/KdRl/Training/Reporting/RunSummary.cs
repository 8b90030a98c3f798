namespace KdRl.Training;

/// <summary>How a run went: <c>summary.json</c>.</summary>
public sealed record RunSummary
{
    /// <summary>Steps completed.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps asked for.</summary>
    public required long PlannedSteps { get; init; }

    /// <summary>Whether the run reached its end: the last step, or an early stop.</summary>
    public required bool IsFinished { get; init; }

    /// <summary>Why it ended before the last step; null otherwise.</summary>
    public string? StopReason { get; init; }

    /// <summary>Optimiser updates applied.</summary>
    public required long Updates { get; init; }

    /// <summary>Optimiser updates skipped.</summary>
    public required long SkippedUpdates { get; init; }

    /// <summary>Completion tokens trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>Seconds of work, over all processes.</summary>
    public required double Seconds { get; init; }

    /// <summary>The first evaluation; null when there was none.</summary>
    public EvaluationReport? Start { get; init; }

    /// <summary>The evaluation with the highest accuracy.</summary>
    public EvaluationReport? Best { get; init; }

    /// <summary>The last evaluation.</summary>
    public EvaluationReport? Final { get; init; }

    /// <summary>Version of the library.</summary>
    public required string LibraryVersion { get; init; }

    /// <summary>The summary of a state.</summary>
    internal static RunSummary Of(TrainingState state, long plannedSteps) => new()
    {
        Steps = state.Step,
        PlannedSteps = plannedSteps,
        IsFinished = state.Step >= plannedSteps || state.StopReason is not null,
        StopReason = state.StopReason,
        Updates = state.Updates,
        SkippedUpdates = state.SkippedUpdates,
        Tokens = state.Tokens,
        Seconds = state.Seconds,
        Start = state.Evaluations is [var first, ..] ? first : null,
        Best = state.Evaluations.MaxBy(e => e.Accuracy),
        Final = state.Evaluations is [.., var last] ? last : null,
        LibraryVersion = LibraryInfo.Version,
    };
}
