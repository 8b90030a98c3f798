using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>A penalty for responses that repeat themselves: −weight · max(<see cref="Repetition.NGramShare"/>, <see cref="Repetition.RunShare"/>).</summary>
/// <remarks>The value is in (−weight, 0]; 0 for a response shorter than a window without a loop. Parts: <c>ngrams</c> and <c>run</c>, both shares.</remarks>
public sealed class RepetitionReward : IReward
{
    private readonly RepetitionOptions options;

    /// <summary>Makes the penalty.</summary>
    /// <param name="options">Weight and window; null: the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public RepetitionReward(RepetitionOptions? options = null)
    {
        this.options = options ?? new RepetitionOptions();
        RuleOptions.ThrowIfInvalid(new RepetitionOptionsRanges(), this.options);
    }

    /// <inheritdoc/>
    public string Name => "repetition";

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        var tokens = options.Unit == RepetitionUnit.Words ? Repetition.WordIds(request.Response) : request.Rollout.CompletionTokens;
        var ngrams = Repetition.NGramShare(tokens, options.WindowLength);
        var run = options.MaxPeriod > 0 ? Repetition.RunShare(tokens, options.MaxPeriod) : 0;
        // 0 − 0 is 0 in logs, its negation would be −0.
        return ValueTask.FromResult(RewardOutcome.Scored(0 - options.Weight * Math.Max(ngrams, run)) with
        {
            Parts = new Dictionary<string, double> { ["ngrams"] = ngrams, ["run"] = run },
        });
    }
}
