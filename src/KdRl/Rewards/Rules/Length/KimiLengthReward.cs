using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>A reward whose groups earn the length reward of Kimi k1.5 on top: value_i + weight · <see cref="KimiLength.Score"/>_i.</summary>
/// <remarks>
/// A single completion scores as without it. In the group only responses with a score and a verdict count; the others stay as they are. The
/// part <c>kimi_length</c> shows what was added, verdicts stay unchanged. The step is the newest policy version in the group.
/// </remarks>
public sealed class KimiLengthReward : IGroupReward
{
    private const string Part = "kimi_length";
    private readonly IReward inner;
    private readonly KimiLengthOptions options;

    /// <summary>Adds the length reward to another.</summary>
    /// <param name="inner">Scores completions and says whether they are right.</param>
    /// <param name="options">Weight and warm-up; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public KimiLengthReward(IReward inner, KimiLengthOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        this.inner = inner;
        this.options = options ?? new KimiLengthOptions();
        RuleOptions.ThrowIfInvalid(new KimiLengthOptionsRanges(), this.options, double.IsFinite(this.options.Weight) ? [] : ["Weight must be finite."]);
    }

    /// <inheritdoc/>
    public string Name => Part;

    /// <inheritdoc/>
    public IEnumerable<IReward> Inner => [inner];

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct) => inner.ScoreAsync(request, ct);

    /// <inheritdoc/>
    public ScoredGroup ShapeGroup(ScoredGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        if (group.Rollouts.Max(r => r.Rollout.PolicyVersion) < options.WarmupSteps) return group;
        var judged = group.Rollouts.Where(IsJudged).ToArray();
        var values = KimiLength.Score([.. judged.Select(r => r.Rollout.CompletionTokens.Length)], [.. judged.Select(r => r.Outcome.Correct!.Value)]);
        var next = 0;
        return new ScoredGroup(group.Prompt, [.. group.Rollouts.Select(r => IsJudged(r) ? r with { Outcome = Add(r.Outcome, options.Weight * values[next++]) } : r)]);
    }

    private static bool IsJudged(ScoredRollout r) => r.Outcome is { Value: not null, Correct: not null };

    private static RewardOutcome Add(RewardOutcome outcome, double value) => RewardOutcome.Scored(outcome.Value!.Value + value, outcome.Correct) with
    {
        Parts = new Dictionary<string, double>(outcome.Parts) { [Part] = value },
        Reason = outcome.Reason,
    };
}
