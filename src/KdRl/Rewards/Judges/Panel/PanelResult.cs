namespace KdRl.Rewards;

/// <summary>What the votes together say.</summary>
/// <param name="Values">Each field's value after the vote; null when there is no score.</param>
/// <param name="Status">Why there is none; <see cref="RewardStatus.Scored"/> when there is one.</param>
/// <param name="Reason">What went wrong with the votes that are missing; null when none is.</param>
/// <param name="ValidVotes">How many votes counted.</param>
internal sealed record PanelResult(IReadOnlyDictionary<string, double>? Values, RewardStatus Status, string? Reason, int ValidVotes);
