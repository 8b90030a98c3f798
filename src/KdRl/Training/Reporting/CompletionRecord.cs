using KdRl.Rewards;
using KdRl.Rollouts;

namespace KdRl.Training;

/// <summary>One line of <c>completions.jsonl</c>: a completion, its score with every part, and what the models say of its tokens.</summary>
internal sealed record CompletionRecord
{
    public required long Step { get; init; }

    public required string PromptId { get; init; }

    public required string Prompt { get; init; }

    public string? Reference { get; init; }

    public required string Completion { get; init; }

    public double? Reward { get; init; }

    public required RewardStatus Status { get; init; }

    public bool? Correct { get; init; }

    public required IReadOnlyDictionary<string, double> Parts { get; init; }

    public string? Reason { get; init; }

    public required FinishReason FinishReason { get; init; }

    public required long PolicyVersion { get; init; }

    /// <summary>Text of each token, where the run knows how to decode one; otherwise ids.</summary>
    public required string[] Tokens { get; init; }

    public float[]? LogProbs { get; init; }

    public float[]? TeacherLogProbs { get; init; }

    /// <summary>Records of some rows of a step.</summary>
    public static IEnumerable<CompletionRecord> Of(
        long step, IReadOnlyList<ScoredGroup> groups, UpdateResult update, Func<int, string>? tokenText, Func<int, bool> wanted) =>
        groups.SelectMany(g => g.Rollouts.Select(r => (g.Prompt, Row: r)))
            .Select((pair, i) => (pair, i)).Where(x => wanted(x.i))
            .Select(x => Of(step, x.pair.Prompt, x.pair.Row, update.LogProbs[x.i], tokenText));

    private static CompletionRecord Of(long step, Prompt prompt, ScoredRollout row, float[]? logProbs, Func<int, string>? tokenText) => new()
    {
        Step = step,
        PromptId = prompt.Id,
        Prompt = prompt.Text ?? string.Join('\n', prompt.Messages!.Select(m => $"{m.Role}: {m.Content}")),
        Reference = prompt.Reference,
        Completion = row.Rollout.Text,
        Reward = row.Outcome.Value,
        Status = row.Outcome.Status,
        Correct = row.Outcome.Correct,
        Parts = row.Outcome.Parts,
        Reason = row.Outcome.Reason,
        FinishReason = row.Rollout.FinishReason,
        PolicyVersion = row.Rollout.PolicyVersion,
        Tokens = [.. row.Rollout.CompletionTokens.Select(t => tokenText?.Invoke(t) ?? $"{t} ")],
        LogProbs = logProbs ?? row.Rollout.LogProbs,
        TeacherLogProbs = row.TeacherLogProbs,
    };
}
