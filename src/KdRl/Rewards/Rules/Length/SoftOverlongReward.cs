using Microsoft.Extensions.Options;

namespace KdRl.Rewards;

/// <summary>The soft overlong punishment as a reward of its own, to be added to another (DAPO, arXiv 2503.14476).</summary>
/// <remarks>
/// The objective can add the same penalty itself (<c>KdrlOptions.SoftOverlong</c>); use one of the two. Here it stands among the parts of a reward
/// and is logged with them. The value is at most 0; length is the number of completion tokens.
/// </remarks>
public sealed class SoftOverlongReward : IReward
{
    private readonly SoftOverlongOptions options;

    /// <summary>Makes the penalty.</summary>
    /// <param name="options">Limit, buffer and size.</param>
    /// <exception cref="OptionsValidationException">The limit is not set, the buffer exceeds it, or is 0 without a cap.</exception>
    public SoftOverlongReward(SoftOverlongOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (SoftOverlong.Failure(options) is { } failure) throw new OptionsValidationException(nameof(SoftOverlongOptions), typeof(SoftOverlongOptions), [failure]);
        this.options = options;
    }

    /// <inheritdoc/>
    public string Name => "soft_overlong";

    /// <inheritdoc/>
    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(RewardOutcome.Scored(SoftOverlong.Penalty(request.Rollout.CompletionTokens.Length, options)));
    }
}
