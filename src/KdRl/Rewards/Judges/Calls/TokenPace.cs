using System.Threading.RateLimiting;

namespace KdRl.Rewards;

/// <summary>
/// Spends permits of a bucket that may be smaller than one request: what does not fit, and what an estimate missed, is owed by the
/// requests after it. The rate holds in the long run.
/// </summary>
internal sealed class TokenPace(RateLimiter bucket, int capacity) : IDisposable
{
    private readonly Lock gate = new();
    private long debt;

    /// <summary>What requests to come have to pay, in tokens; negative: what they may save.</summary>
    public long Debt
    {
        get { lock (gate) return debt; }
    }

    public async ValueTask SpendAsync(int tokens, CancellationToken ct)
    {
        int permits;
        lock (gate)
        {
            permits = (int)Math.Clamp(debt + tokens, 0, capacity);
            debt += tokens - permits;
        }
        try
        {
            using var lease = await bucket.AcquireAsync(permits, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Owe(permits - tokens); // Nothing was sent.
            throw;
        }
    }

    public void Owe(long tokens)
    {
        lock (gate) debt += tokens;
    }

    public void Dispose() => bucket.Dispose();
}
