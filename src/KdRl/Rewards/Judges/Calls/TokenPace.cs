using System.Threading.RateLimiting;

namespace KdRl.Rewards;

/// <summary>
/// Spends permits of a bucket that may be smaller than one request: a large request takes them in several portions, and what an estimate
/// missed is owed, or saved, by the requests after it. The rate holds in the long run.
/// </summary>
internal sealed class TokenPace(RateLimiter bucket, int capacity) : IDisposable
{
    private readonly Lock gate = new();
    private long debt;

    /// <summary>What requests to come have to pay beside their own, in tokens; negative: what they may save.</summary>
    public long Debt
    {
        get { lock (gate) return debt; }
    }

    public async ValueTask SpendAsync(int tokens, CancellationToken ct)
    {
        long due;
        lock (gate)
        {
            due = Math.Max(0, debt + tokens);
            debt += tokens - due;
        }
        try
        {
            while (due > 0)
            {
                var portion = (int)Math.Min(due, capacity);
                using var lease = await bucket.AcquireAsync(portion, ct).ConfigureAwait(false);
                due -= portion;
            }
        }
        catch (OperationCanceledException)
        {
            Owe(due - tokens); // Nothing was sent; what was paid stays paid.
            throw;
        }
    }

    public void Owe(long tokens)
    {
        lock (gate) debt += tokens;
    }

    public void Dispose() => bucket.Dispose();
}
