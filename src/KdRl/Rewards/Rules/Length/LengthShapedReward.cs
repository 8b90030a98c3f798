namespace KdRl.Rewards;

/// <summary>A reward that values a verifier's verdict by the length of the response.</summary>
/// <remarks>
/// What the verifier cannot score stays unscored; a score without a verdict is <see cref="RewardStatus.NotApplicable"/>. The verdict
/// passes through unchanged. Length is the number of completion tokens. Parts: <c>verifier</c> and <c>length</c>.
/// </remarks>
public abstract class LengthShapedReward : IReward
{
    private readonly IReward verifier;

    private protected LengthShapedReward(IReward verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        this.verifier = verifier;
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public IEnumerable<IReward> Inner => [verifier];

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var outcome = await verifier.ScoreAsync(request, ct).ConfigureAwait(false);
        if (outcome.Value is not { } value) return outcome;
        if (outcome.Correct is not { } correct)
            return RewardOutcome.Unscored(RewardStatus.NotApplicable, $"'{verifier.Name}' gave no verdict on prompt '{request.Prompt.Id}'; '{Name}' needs one.");
        var length = request.Rollout.CompletionTokens.Length;
        return Shape(request, length, correct) is { } shaped
            ? RewardOutcome.Scored(shaped, correct) with
            {
                Parts = new Dictionary<string, double> { ["verifier"] = value, ["length"] = length },
                Reason = outcome.Reason,
            }
            : RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' has no length that '{Name}' can aim at.");
    }

    /// <summary>The score of a verdict at a length; null when the prompt lacks what is needed.</summary>
    private protected abstract double? Shape(RewardRequest request, int length, bool correct);
}
