namespace KdRl.Rewards;

/// <summary>Cancels work that takes too long. The clock starts when the work does, not when it is queued.</summary>
internal sealed class TimeoutReward(IReward inner, TimeSpan timeout, TimeSpan grace, TimeProvider time) : IReward
{
    public string Name => inner.Name;

    public IEnumerable<IReward> Inner => [inner];

    public async ValueTask<RewardOutcome> ScoreAsync(RewardRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // On a thread of its own, because a reward may block: it must not keep us from noticing that it is late.
        var work = Task.Run(async () =>
        {
            var clock = time.CreateTimer(_ => late.TrySetResult(), null, timeout, Timeout.InfiniteTimeSpan);
            await using (clock.ConfigureAwait(false)) return await inner.AskAsync(request, stop.Token).ConfigureAwait(false);
        }, ct);
        _ = work.ContinueWith(static (done, source) => { _ = done.Exception; ((IDisposable)source!).Dispose(); }, stop, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        var first = await Task.WhenAny(work, late.Task).WaitAsync(ct).ConfigureAwait(false);
        if (first == work) return await work.ConfigureAwait(false);
        var ended = await EndedAsync(work, stop, ct).ConfigureAwait(false);
        if (!ended) RewardMetrics.Abandoned.Add(1, RewardMetrics.Of(this));
        return RewardOutcome.Unscored(RewardStatus.TimedOut,
            $"{Name} took more than {timeout.TotalSeconds:0.###} s and was cancelled{(ended ? "" : ", which it does not heed: it may still run")}.");
    }

    /// <summary>Cancels the work and gives it a moment to put away what it uses, such as a process: whose turn is next finds it gone.</summary>
    private async Task<bool> EndedAsync(Task work, CancellationTokenSource stop, CancellationToken ct)
    {
        try { await stop.CancelAsync().ConfigureAwait(false); }
        catch (ObjectDisposedException) { return true; }
        return await Task.WhenAny(work, Task.Delay(grace, time, ct)).WaitAsync(ct).ConfigureAwait(false) == work;
    }
}
