namespace KdRl.Training;

/// <summary>Decides from the evaluations so far whether a run should end: a pure function of them, so that it resumes with the run.</summary>
internal static class EarlyStop
{
    /// <summary>Why to end; null to go on.</summary>
    public static string? Reason(IReadOnlyList<EvaluationReport> evaluations, EarlyStopOptions options)
    {
        if (evaluations.Count == 0) return null;
        var last = evaluations[^1];
        if (last.Accuracy >= options.TargetAccuracy) return $"held-out accuracy {last.Accuracy:P1} reached the target of {options.TargetAccuracy:P1}";
        if (options.Patience == 0) return null;
        var (best, since) = (double.NegativeInfinity, 0);
        foreach (var evaluation in evaluations)
        {
            if (evaluation.Accuracy > best + options.MinImprovement) (best, since) = (evaluation.Accuracy, 0);
            else since++;
        }

        return since >= options.Patience ? $"held-out accuracy did not improve on {best:P1} in {since} evaluations" : null;
    }
}
