namespace KdRl.Rewards;

/// <summary>One vote: the values of its fields, or why it is missing.</summary>
internal sealed record Vote(IReadOnlyDictionary<string, double>? Values, RewardStatus Status, string? Problem)
{
    public static Vote Of(IReadOnlyDictionary<string, double> values) => new(values, RewardStatus.Scored, null);

    public static Vote Missing(RewardStatus status, string problem) => new(null, status, problem);
}
