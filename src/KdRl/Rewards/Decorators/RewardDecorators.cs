using Microsoft.Extensions.Logging;

namespace KdRl.Rewards;

/// <summary>
/// Adds behaviour to a reward without touching it. What comes later in a chain lies outside: <c>judge.WithTimeout(t).WithConcurrencyLimit(8).WithRetry()</c>
/// times each try alone, lets eight run at a time, and queues again for the next try.
/// </summary>
public static class RewardDecorators
{
    /// <summary>
    /// The meter of all rewards, for OpenTelemetry or <c>dotnet-counters</c>: <c>kdrl.reward.duration</c>, <c>.value</c>, <c>.waiting</c>, <c>.cache</c>,
    /// <c>.retries</c>, <c>.abandoned</c>, tagged with the reward's name.
    /// </summary>
    public const string MeterName = "KdRl.Rewards";

    /// <summary>Cancels scoring that takes too long and reports it as <see cref="RewardStatus.TimedOut"/>.</summary>
    /// <remarks>
    /// The clock starts when the work starts, so a burst never turns good answers into late ones; that is why a concurrency limit belongs outside. Work that
    /// heeds its token is waited for, until <paramref name="grace"/> has passed; work that does not is left to itself and counted.
    /// </remarks>
    /// <param name="reward">What is timed.</param>
    /// <param name="timeout">The most time of one scoring, more than 0.</param>
    /// <param name="grace">What cancelled work gets to end, such as to kill its process. Left out: 5 s.</param>
    /// <param name="time">The clock. Left out: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not positive, or longer than 24 days.</exception>
    /// <exception cref="ArgumentException">A concurrency limit lies inside, or a judge or code reward, which have one: waiting for a turn would count as work.</exception>
    public static IReward WithTimeout(this IReward reward, TimeSpan timeout, TimeSpan? grace = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(reward);
        InRange(timeout, nameof(timeout));
        if (grace is { } given) InRange(given, nameof(grace));
        if (reward.SelfAndInner().OfType<IQueuedReward>().FirstOrDefault() is { } queued)
            throw new ArgumentException(
                $"The reward {queued.Name} lets requests wait for their turn inside of the time limit, so waiting would count as work; " +
                "expected the limit outside, reward.WithTimeout(…).WithConcurrencyLimit(…), or a time limit of the reward's own.", nameof(reward));
        return new TimeoutReward(reward, timeout, grace ?? TimeSpan.FromSeconds(5), time ?? TimeProvider.System);
    }

    /// <summary>Tries again what failed or timed out, after waits that double.</summary>
    /// <param name="reward">What is tried again.</param>
    /// <param name="options">How often and when. Left out: two more tries, after 1 s and 2 s.</param>
    /// <param name="time">The clock. Left out: the system's.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    public static IReward WithRetry(this IReward reward, RewardRetryOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(reward);
        options ??= new RewardRetryOptions();
        RuleOptions.ThrowIfInvalid(new RewardRetryRanges(), options);
        return new RetryReward(reward, options, time ?? TimeProvider.System);
    }

    /// <summary>Asks once for equal contents: prompt, reference, task, metadata and completion. Equal requests under way share one answer.</summary>
    /// <param name="reward">What is asked. Its score must depend on nothing else.</param>
    /// <param name="cache">Where outcomes are kept. Left out: the last 100,000 in memory.</param>
    /// <param name="version">To be changed with whatever else decides the score, such as a judge's model or prompt; then nothing old is found.</param>
    /// <exception cref="ArgumentException">A part inside learns from the run, so that its scores change; cache what lies inside of that.</exception>
    public static IReward WithCache(this IReward reward, IRewardCache? cache = null, string version = "")
    {
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentNullException.ThrowIfNull(version);
        if (reward.SelfAndInner().FirstOrDefault(r => r is IAdaptiveReward) is { } adaptive)
            throw new ArgumentException(
                $"The reward {adaptive.Name} ({adaptive.GetType().Name}) learns from the run, so a cached score would be of another scale; expected the cache inside of it.", nameof(reward));
        return new CachedReward(reward, cache ?? new MemoryRewardCache(), version);
    }

    /// <summary>Scores only so many at a time; the others wait.</summary>
    /// <param name="reward">What is limited.</param>
    /// <param name="limit">The most at a time, at least 1.</param>
    public static IReward WithConcurrencyLimit(this IReward reward, int limit)
    {
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return new LimitedReward(reward, limit);
    }

    /// <summary>Logs every outcome (scores as debug, faults as warnings) and records its time and score as metrics (<see cref="MeterName"/>).</summary>
    /// <param name="reward">What is watched.</param>
    /// <param name="logger">Where to.</param>
    /// <param name="time">The clock. Left out: the system's.</param>
    public static IReward WithLogging(this IReward reward, ILogger logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(reward);
        ArgumentNullException.ThrowIfNull(logger);
        return new LoggedReward(reward, logger, time ?? TimeProvider.System);
    }

    /// <summary>
    /// Brings scores to a common scale: z = clip((s − μ)/σ, −c, c), with the running mean and deviation (n − 1) of all scores of the steps before. z is 0 while
    /// there are fewer than <see cref="NormalizationOptions.MinSamples"/>, or σ is below 1e-6. The statistics are saved with the checkpoint.
    /// </summary>
    /// <param name="reward">A source without a scale of its own, such as a judge.</param>
    /// <param name="options">Clip and memory. Left out: c = 2, all scores count alike.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">A normalisation lies inside already.</exception>
    public static IReward WithNormalization(this IReward reward, NormalizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reward);
        options ??= new NormalizationOptions();
        RuleOptions.ThrowIfInvalid(new NormalizationRanges(), options);
        if (reward.SelfAndInner().Any(r => r is NormalizedReward))
            throw new ArgumentException($"The reward {reward.Name} is normalised already; expected one that is not.", nameof(reward));
        return new NormalizedReward(reward, options);
    }

    /// <summary>Multiplies scores by a finite weight.</summary>
    public static IReward WithWeight(this IReward reward, double weight)
    {
        ArgumentNullException.ThrowIfNull(reward);
        if (!double.IsFinite(weight)) throw new ArgumentOutOfRangeException(nameof(weight), weight, "Expected a finite number.");
        return new ShapedReward(reward, value => weight * value);
    }

    /// <summary>Keeps scores within [<paramref name="min"/>, <paramref name="max"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException">A bound is NaN, or the lower one above the upper.</exception>
    public static IReward WithClamp(this IReward reward, double min, double max)
    {
        ArgumentNullException.ThrowIfNull(reward);
        if (!(min <= max)) throw new ArgumentOutOfRangeException(nameof(min), min, $"Expected at most the upper bound, {max}.");
        return new ShapedReward(reward, value => Math.Clamp(value, min, max));
    }

    private static void InRange(TimeSpan time, string name)
    {
        if (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue) throw new ArgumentOutOfRangeException(name, time, "Expected more than 0 and at most 24 days.");
    }
}
