using System.Threading.RateLimiting;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges.Calls;

public class TokenPaceTests
{
    [Fact]
    public async Task SpendAsync_MoreThanTheBucketHolds_IsOwedByTheNext()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);

        await pace.SpendAsync(250, default);
        Assert.Equal((0, 150), (bucket.GetStatistics()!.CurrentAvailablePermits, pace.Debt));
        bucket.TryReplenish();
        await pace.SpendAsync(20, default);
        Assert.Equal((0, 70), (bucket.GetStatistics()!.CurrentAvailablePermits, pace.Debt));
    }

    [Fact]
    public async Task SpendAsync_EmptyBucket_WaitsForMore()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);
        await pace.SpendAsync(100, default);

        var waits = pace.SpendAsync(60, default).AsTask();

        Assert.False(waits.IsCompleted);
        bucket.TryReplenish();
        await waits;
    }

    [Fact]
    public async Task Owe_EstimateTooHigh_IsSavedByTheNext()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);
        await pace.SpendAsync(80, default);

        pace.Owe(10 - 80);
        await pace.SpendAsync(60, default);

        Assert.Equal((20, -10), (bucket.GetStatistics()!.CurrentAvailablePermits, pace.Debt));
    }

    [Fact]
    public async Task SpendAsync_Cancelled_OwesNothing()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);
        await pace.SpendAsync(100, default);
        using var stop = new CancellationTokenSource();

        var waits = pace.SpendAsync(150, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.Equal(0, pace.Debt);
    }

    // The limiter's clock is the system's; a period of zero length lets the test decide when permits come.
    private static TokenBucketRateLimiter Bucket(int size) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = size, TokensPerPeriod = size, ReplenishmentPeriod = TimeSpan.FromTicks(1), QueueLimit = 100, AutoReplenishment = false,
    });
}
