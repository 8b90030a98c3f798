namespace KdRl.Rewards;

/// <summary>What one reply of the judge says.</summary>
/// <param name="Values">The value of each field by name; null when the reply has no valid verdict.</param>
/// <param name="Problem">Why there is no verdict; null when there is one.</param>
internal sealed record JudgeVerdict(IReadOnlyDictionary<string, double>? Values, string? Problem);
