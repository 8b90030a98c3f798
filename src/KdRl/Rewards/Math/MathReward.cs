namespace KdRl.Rewards;

/// <summary>1 for a response whose final answer equals the prompt's reference by <see cref="MathVerifier"/>, 0 for any other.</summary>
/// <remarks>
/// A response without an answer, cut off, or over a budget scores 0: that is the policy's doing. A reference that cannot be judged by says
/// nothing about the policy and gives <see cref="RewardStatus.Failed"/>; a prompt without one <see cref="RewardStatus.NotApplicable"/>.
/// </remarks>
public sealed class MathReward : IReward
{
    private readonly MathVerifierOptions _options;

    /// <summary>A reward with its options.</summary>
    /// <param name="options">What counts as the answer and as equal; <see cref="MathVerifierOptions.Strict"/> when left out.</param>
    /// <param name="name">Names the reward in logs and metrics.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public MathReward(MathVerifierOptions? options = null, string name = "math")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _options = options ?? MathVerifierOptions.Strict;
        _options.Validate();
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Scores one completion. The outcome's reason tells the status and the answer that was found.</summary>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Score(request));
    }

    private RewardOutcome Score(RewardRequest request)
    {
        if (request.Prompt.Reference is not { } reference)
            return RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' has no reference answer.");
        var verdict = MathVerifier.Verify(reference, request.Response, _options);
        if (verdict.Status == MathVerdictStatus.InvalidReference)
            return RewardOutcome.Unscored(RewardStatus.Failed, $"The reference of prompt '{request.Prompt.Id}' is empty, too large or undefined.");
        return RewardOutcome.FromVerdict(verdict.IsCorrect) with
        {
            Reason = verdict.ExtractedAnswer is { } answer ? $"{verdict.Status}: {answer}" : verdict.Status.ToString(),
        };
    }
}
