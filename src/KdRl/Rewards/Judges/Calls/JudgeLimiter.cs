using System.Threading.RateLimiting;

namespace KdRl.Rewards;

/// <summary>Lets requests through at the configured rates, first come, first served.</summary>
internal sealed class JudgeLimiter(JudgeCallOptions calls) : IDisposable
{
    private readonly ConcurrencyLimiter slots = new(new ConcurrencyLimiterOptions { PermitLimit = calls.MaxConcurrency, QueueLimit = int.MaxValue });
    private readonly RateLimiter? requests = calls.RequestsPerMinute is { } rate ? Bucket(rate) : null;
    private readonly TokenPace? tokens = calls.TokensPerMinute is { } rate ? new TokenPace(Bucket(rate), SecondsWorth(rate)) : null;

    /// <summary>Waits for the rates first and for a slot last, so that nobody holds a slot while waiting for a rate.</summary>
    /// <returns>The slot; dispose it when the request has ended.</returns>
    public async ValueTask<IDisposable> EnterAsync(int estimatedTokens, CancellationToken ct)
    {
        if (requests is not null) (await requests.AcquireAsync(1, ct).ConfigureAwait(false)).Dispose();
        if (tokens is not null) await tokens.SpendAsync(estimatedTokens, ct).ConfigureAwait(false);
        return await slots.AcquireAsync(1, ct).ConfigureAwait(false);
    }

    /// <summary>Corrects an estimate by what the server reports.</summary>
    public void Settle(int estimatedTokens, long used) => tokens?.Owe(used - estimatedTokens);

    public void Dispose()
    {
        slots.Dispose();
        requests?.Dispose();
        tokens?.Dispose();
    }

    /// <summary>One second's worth of permits, filled up at most ten times a second; a slow rate waits for its next whole permit.</summary>
    internal static TokenBucketRateLimiterOptions Options(int perMinute)
    {
        var permits = Math.Max(1, (int)Math.Ceiling(perMinute / 600.0));
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(permits, SecondsWorth(perMinute)),
            TokensPerPeriod = permits,
            ReplenishmentPeriod = TimeSpan.FromMinutes(permits / (double)perMinute),
            QueueLimit = int.MaxValue,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
    }

    private static TokenBucketRateLimiter Bucket(int perMinute) => new(Options(perMinute));

    private static int SecondsWorth(int perMinute) => Math.Max(1, perMinute / 60);
}
