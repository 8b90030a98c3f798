namespace KdRl.Rewards;

/// <summary>How often a judge rewarded answers that say nothing.</summary>
/// <param name="Probes">Answers that got a score.</param>
/// <param name="Accepted">Of those, how many scored more than the threshold.</param>
/// <param name="Unscored">Answers without a score; they count for nothing.</param>
/// <param name="AcceptedAnswers">The answers that were accepted at least once.</param>
public sealed record CanaryReport(int Probes, int Accepted, int Unscored, IReadOnlyList<string> AcceptedAnswers)
{
    /// <summary>Share of false positives, in [0,1]; null when nothing was scored. Above 0.01 the judge should be stopped or weigh less.</summary>
    public double? FalsePositiveRate => Probes == 0 ? null : Accepted / (double)Probes;
}
