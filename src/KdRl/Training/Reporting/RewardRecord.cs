using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>One line of <c>rewards.jsonl</c>: what one completion was worth, part by part.</summary>
internal sealed record RewardRecord
{
    public required long Step { get; init; }

    public required string PromptId { get; init; }

    /// <summary>Its place in the group.</summary>
    public required int Sample { get; init; }

    public string? Task { get; init; }

    public double? Reward { get; init; }

    public required RewardStatus Status { get; init; }

    public bool? Correct { get; init; }

    public required IReadOnlyDictionary<string, double> Parts { get; init; }

    public string? Reason { get; init; }

    public required int Tokens { get; init; }

    public required FinishReason FinishReason { get; init; }

    /// <summary>Records of every completion of a step.</summary>
    public static IEnumerable<RewardRecord> Of(long step, IReadOnlyList<ScoredGroup> drawn) =>
        drawn.SelectMany(g => g.Rollouts.Select((row, i) => new RewardRecord
        {
            Step = step,
            PromptId = g.Prompt.Id,
            Sample = i,
            Task = g.Prompt.Task,
            Reward = row.Outcome.Value,
            Status = row.Outcome.Status,
            Correct = row.Outcome.Correct,
            Parts = row.Outcome.Parts,
            Reason = row.Outcome.Reason,
            Tokens = row.Rollout.CompletionTokens.Length,
            FinishReason = row.Rollout.FinishReason,
        }));
}
