using System.Threading.RateLimiting;
using KdRl.Rewards;

namespace KdRl.Tests.Rewards.Judges.Calls;

public class TokenPaceTests
{
    [Fact]
    public async Task SpendAsync_MoreThanTheBucketHolds_IsPaidInPortions()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);

        var large = pace.SpendAsync(250, default).AsTask();
        await Refill(bucket, large);
        Assert.False(large.IsCompleted);
        await Refill(bucket, large);
        await large;

        Assert.Equal((50, 0), (bucket.GetStatistics()!.CurrentAvailablePermits, pace.Debt));
    }

    [Fact]
    public async Task SpendAsync_EstimateTooLow_IsPaidByTheNext()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);
        await pace.SpendAsync(10, default);

        pace.Owe(50 - 10);
        await pace.SpendAsync(20, default);

        Assert.Equal((30, 0), (bucket.GetStatistics()!.CurrentAvailablePermits, pace.Debt));
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
    public async Task SpendAsync_Cancelled_LeavesWhatWasPaid()
    {
        var bucket = Bucket(100);
        using var pace = new TokenPace(bucket, 100);
        pace.Owe(30);
        using var stop = new CancellationTokenSource();

        var waits = pace.SpendAsync(150, stop.Token).AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.Equal(30 - 100, pace.Debt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(59)]
    [InlineData(90)]
    [InlineData(600)]
    [InlineData(6001)]
    [InlineData(10_000_000)]
    public void Options_AnyRate_FillsUpAtThatRateWithASecondsBurst(int perMinute)
    {
        var options = JudgeLimiter.Options(perMinute);

        Assert.Equal(perMinute, options.TokensPerPeriod / options.ReplenishmentPeriod.TotalMinutes, perMinute * 1e-5);
        Assert.InRange(options.TokenLimit, options.TokensPerPeriod, Math.Max(1, perMinute / 60));
        Assert.True(options.ReplenishmentPeriod >= TimeSpan.FromSeconds(0.0999), $"{options.ReplenishmentPeriod}");
    }

    /// <summary>Fills the bucket and gives the waiting request the time to take its next portion.</summary>
    private static async Task Refill(TokenBucketRateLimiter bucket, Task waiting)
    {
        var leases = bucket.GetStatistics()!.TotalSuccessfulLeases;
        while (!waiting.IsCompleted && bucket.GetStatistics()!.CurrentQueuedCount == 0) await Task.Yield();
        bucket.TryReplenish();
        while (bucket.GetStatistics()!.TotalSuccessfulLeases == leases) await Task.Yield();
    }

    // The limiter's clock is the system's; a period of zero length lets the test decide when permits come.
    private static TokenBucketRateLimiter Bucket(int size) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = size, TokensPerPeriod = size, ReplenishmentPeriod = TimeSpan.FromTicks(1), QueueLimit = 100, AutoReplenishment = false,
    });
}
