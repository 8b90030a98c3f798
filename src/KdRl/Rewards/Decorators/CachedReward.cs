using System.Collections.Concurrent;

namespace KdRl.Rewards;

/// <summary>Asks once for equal contents. Scores and "does not apply" are kept; faults never are, so the next request tries again.</summary>
internal sealed class CachedReward(IReward inner, IRewardCache cache, string version) : IReward
{
    private readonly ConcurrentDictionary<string, Task<RewardOutcome>> underWay = new();

    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        var key = RewardKey.Of(Name, version, request);
        while (true)
        {
            if (await FindAsync(key, ct).ConfigureAwait(false) is { } found)
            {
                Count("hit");
                return found;
            }

            var mine = new TaskCompletionSource<RewardOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            var theirs = underWay.GetOrAdd(key, mine.Task);
            if (theirs == mine.Task) return await AskAsync(key, request, mine, ct).ConfigureAwait(false);
            try
            {
                var shared = await theirs.WaitAsync(ct).ConfigureAwait(false);
                Count("shared");
                return shared;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Whoever asked was cancelled, we were not: ask ourselves.
                await Task.Yield();
            }
        }
    }

    private async Task<RewardOutcome> AskAsync(string key, RewardRequest request, TaskCompletionSource<RewardOutcome> answer, CancellationToken ct)
    {
        try
        {
            // Another may have stored it between our look and our turn.
            if (await FindAsync(key, ct).ConfigureAwait(false) is not { } outcome)
            {
                Count("miss");
                outcome = await inner.AskAsync(request, ct).ConfigureAwait(false);
                if (outcome.Status is RewardStatus.Scored or RewardStatus.NotApplicable) await StoreAsync(key, outcome, ct).ConfigureAwait(false);
            }

            answer.SetResult(outcome);
            return outcome;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            answer.SetCanceled(ct);
            throw;
        }
        catch (Exception e)
        {
            answer.SetException(e);
            _ = answer.Task.Exception;
            throw;
        }
        finally { underWay.TryRemove(key, out _); }
    }

    private async ValueTask<RewardOutcome?> FindAsync(string key, CancellationToken ct)
    {
        try { return await cache.FindAsync(key, ct).ConfigureAwait(false); }
        catch (IOException)
        {
            Count("fault");
            return null;
        }
    }

    private async ValueTask StoreAsync(string key, RewardOutcome outcome, CancellationToken ct)
    {
        try { await cache.StoreAsync(key, outcome, ct).ConfigureAwait(false); }
        catch (IOException) { Count("fault"); }
    }

    private void Count(string result) => RewardMetrics.Cache.Add(1, RewardMetrics.Of(this), new("result", result));
}
