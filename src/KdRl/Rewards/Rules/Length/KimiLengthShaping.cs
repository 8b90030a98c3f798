namespace KdRl.Rewards;

/// <summary>Adds <see cref="KimiLength"/> to the scores of a group: it needs all responses of a prompt, so it works on scored groups.</summary>
public static class KimiLengthShaping
{
    /// <summary>value_i + weight · <see cref="KimiLength.Score"/>_i for every response with a score and a verdict; the others stay as they are and do not count.</summary>
    /// <param name="group">The scored responses of one prompt; its verdicts stay unchanged.</param>
    /// <param name="weight">The weight of the length reward; finite, not negative. 0 leaves the group as it is (warm-up).</param>
    /// <returns>A group with the part <c>kimi_length</c> added to each shaped outcome.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The weight is negative or not finite.</exception>
    public static ScoredGroup Apply(ScoredGroup group, double weight)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (!double.IsFinite(weight) || weight < 0) throw new ArgumentOutOfRangeException(nameof(weight), weight, "Expected a finite number of at least 0.");
        if (weight == 0) return group;
        var judged = group.Rollouts.Where(IsJudged).ToArray();
        var values = KimiLength.Score([.. judged.Select(r => r.Rollout.CompletionTokens.Length)], [.. judged.Select(r => r.Outcome.Correct!.Value)]);
        var next = 0;
        return new ScoredGroup(group.Prompt, [.. group.Rollouts.Select(r => IsJudged(r) ? r with { Outcome = Add(r.Outcome, weight * values[next++]) } : r)]);
    }

    private static bool IsJudged(ScoredRollout r) => r.Outcome is { Value: not null, Correct: not null };

    private static RewardOutcome Add(RewardOutcome outcome, double value) => RewardOutcome.Scored(outcome.Value!.Value + value, outcome.Correct) with
    {
        Parts = new Dictionary<string, double>(outcome.Parts) { ["kimi_length"] = value },
        Reason = outcome.Reason,
    };
}
