using Polly;
using Polly.Retry;

namespace KdRl.Rewards;

/// <summary>Tries again what timed out or failed.</summary>
internal sealed class RetryReward : IReward
{
    private readonly IReward inner;
    private readonly ResiliencePipeline<RewardOutcome> tries;

    public RetryReward(IReward inner, RewardRetryOptions options, TimeProvider time)
    {
        this.inner = inner;
        tries = new ResiliencePipelineBuilder<RewardOutcome> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<RewardOutcome>
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.Delay,
                MaxDelay = options.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = options.Jitter,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result?.Status switch
                {
                    RewardStatus.Failed => true,
                    RewardStatus.TimedOut => options.RetryTimeouts,
                    _ => false,
                }),
                OnRetry = _ =>
                {
                    RewardMetrics.Retries.Add(1, RewardMetrics.Of(this));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct) =>
        tries.ExecuteAsync(static (call, token) => call.inner.AskAsync(call.request, token), (inner, request), ct);
}
