namespace KdRl.Rewards;

/// <summary>Pays for what is known and said, and for what is not known and admitted: 1 when known and right, 1 when unknown and refused, else 0.</summary>
/// <remarks>
/// Whether a question is known stands in the prompt's metadata (<see cref="UncertaintyPrompt.WithEstimate"/>): a confidence above 0. Without it
/// the reward is <see cref="RewardStatus.NotApplicable"/>; what the verifier cannot score stays unscored. The verdict is the verifier's. Parts:
/// <c>known</c>, <c>refused</c>.
/// </remarks>
public sealed class UncertaintyReward : IReward
{
    private readonly IReward verifier;
    private readonly Func<string, bool, bool> isRefusal;

    /// <summary>Makes the rule.</summary>
    /// <param name="verifier">Says whether an answer is right.</param>
    /// <param name="isRefusal">Whether an answer, without its reasoning, with this verdict refuses; null: <see cref="RefusalTarget.IsRefusal"/>.</param>
    public UncertaintyReward(IReward verifier, Func<string, bool, bool>? isRefusal = null)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        (this.verifier, this.isRefusal) = (verifier, isRefusal ?? RefusalTarget.IsRefusal);
    }

    /// <inheritdoc/>
    public string Name => "uncertainty";

    /// <inheritdoc/>
    public IEnumerable<IReward> Inner => [verifier];

    /// <summary>
    /// UAlign's other form: a reward model reads question, confidence, entropy and answer, and its probability of a right answer is the reward.
    /// </summary>
    /// <param name="model">Scores answers in [0, 1]; it sees the prompt with the two lines of <see cref="UncertaintyPrompt.Show"/>. A score outside is a failure.</param>
    public static IReward FromModel(IReward model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ModelReward(model);
    }

    /// <inheritdoc/>
    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (UncertaintyPrompt.Read(request.Prompt, UncertaintyPrompt.ConfidenceKey) is not { } confidence) return NoEstimate(request);
        var verdict = await verifier.ScoreAsync(request, ct).ConfigureAwait(false);
        if (verdict.Value is null) return verdict;
        if (verdict.Correct is not { } correct) return this.NoVerdict(verifier, request);

        var split = ReasoningSplit.Parse(request.Response);
        var outcome = new KnowledgeOutcome(confidence > 0, correct, !split.Unfinished && isRefusal(split.Answer, correct));
        return RewardOutcome.Scored(outcome.IsTruthful ? 1 : 0, correct) with
        {
            Parts = new Dictionary<string, double> { ["known"] = outcome.Known ? 1 : 0, ["refused"] = outcome.Refused ? 1 : 0 },
            Reason = verdict.Reason,
        };
    }

    private static RewardOutcome NoEstimate(RewardRequest request) =>
        RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' has no '{UncertaintyPrompt.ConfidenceKey}' in its metadata.");

    private sealed class ModelReward(IReward model) : IReward
    {
        public string Name => "uncertainty_model";

        public IEnumerable<IReward> Inner => [model];

        public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
        {
            ArgumentNullException.ThrowIfNull(request);
            if (UncertaintyPrompt.Read(request.Prompt, UncertaintyPrompt.ConfidenceKey) is null || UncertaintyPrompt.Read(request.Prompt, UncertaintyPrompt.EntropyKey) is null)
                return NoEstimate(request);
            var outcome = await model.ScoreAsync(request with { Prompt = UncertaintyPrompt.Show(request.Prompt) }, ct).ConfigureAwait(false);
            return outcome.Value is < 0 or > 1
                ? RewardOutcome.Unscored(RewardStatus.Failed, $"'{model.Name}' gave {outcome.Value}; expected a probability.")
                : outcome;
        }
    }
}
