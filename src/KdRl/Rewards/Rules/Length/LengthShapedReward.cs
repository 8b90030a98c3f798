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
        if (outcome.Correct is not { } correct) return this.NoVerdict(verifier, request);
        var length = request.Rollout.CompletionTokens.Length;
        var shaped = Shape(request, length, correct);
        return shaped with
        {
            Correct = correct,
            Parts = shaped.Value is null ? shaped.Parts : new Dictionary<string, double> { ["verifier"] = value, ["length"] = length },
            Reason = shaped.Reason ?? outcome.Reason,
        };
    }

    /// <summary>The score of a verdict at a length, or why there is none.</summary>
    private protected abstract RewardOutcome Shape(RewardRequest request, int length, bool correct);
}
