using KdRl.Rollouts;
using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>The share of a response, reasoning included, that is in the language of its prompt: <see cref="LanguageConsistency.Share"/>, in [0, 1].</summary>
/// <remarks>A prompt whose language is not named and cannot be told is <see cref="RewardStatus.NotApplicable"/>.</remarks>
public sealed class LanguageConsistencyReward : IReward
{
    private readonly LanguageConsistencyOptions options;

    /// <summary>Makes the reward.</summary>
    /// <param name="options">Which language is expected; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">The language is not known.</exception>
    public LanguageConsistencyReward(LanguageConsistencyOptions? options = null)
    {
        this.options = options ?? new LanguageConsistencyOptions();
        string[] rules = this.options.Language is { } language && Scripts.Of(language).Count == 0 ? [$"Language is '{language}'; expected an ISO 639-1 code such as 'en'."] : [];
        RuleOptions.ThrowIfInvalid(new LanguageConsistencyOptionsRanges(), this.options, rules);
    }

    /// <inheritdoc/>
    public string Name => "language_consistency";

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        var language = request.Prompt.Metadata.GetValueOrDefault(options.MetadataKey) ?? options.Language
            ?? (options.Detector ?? LanguageDetector.Default).Detect(Question(request.Prompt));
        return ValueTask.FromResult(
            language is null ? RewardOutcome.Unscored(RewardStatus.NotApplicable, $"The language of prompt '{request.Prompt.Id}' cannot be told.")
            : Scripts.Of(language).Count == 0 ? RewardOutcome.Unscored(RewardStatus.NotApplicable, $"Prompt '{request.Prompt.Id}' is in '{language}', which is not known here.")
            : RewardOutcome.Scored(LanguageConsistency.Share(request.Response, language, options.Detector)));
    }

    private static string Question(Prompt prompt) => prompt.Text ?? prompt.Messages!.Where(m => m.Role == "user").LastOrDefault()?.Content ?? "";
}
