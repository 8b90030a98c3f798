using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// The one thread on which a model's tensor work runs. Dispose scopes and gradient mode belong to a thread, so tensor code
/// is handed over as a whole and never awaits inside.
/// </summary>
public sealed class TorchThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Shown by debuggers.</param>
    public TorchThread(string name = "torch")
    {
        thread = new Thread(() =>
        {
            foreach (var item in work.GetConsumingEnumerable()) item();
        })
        { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <summary>Runs tensor code inside a dispose scope and hands back its result.</summary>
    /// <param name="body">Synchronous tensor code; tensors it does not move out of the scope are disposed when it ends.</param>
    /// <param name="ct">Cancels the work while it waits; running work is not interrupted.</param>
    /// <exception cref="ObjectDisposedException">The thread was disposed.</exception>
    public Task<T> RunAsync<T>(Func<T> body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            if (ct.IsCancellationRequested) { done.TrySetCanceled(ct); return; }
            try
            {
                using var scope = NewDisposeScope();
                done.TrySetResult(body());
            }
            catch (Exception e) { done.TrySetException(e); }
        }, CancellationToken.None);
        return done.Task;
    }

    /// <summary>Runs tensor code that has no result.</summary>
    public Task RunAsync(Action body, CancellationToken ct = default) => RunAsync(() => { body(); return true; }, ct);

    /// <summary>Finishes the queued work and ends the thread.</summary>
    public void Dispose()
    {
        work.CompleteAdding();
        if (Thread.CurrentThread != thread) thread.Join();
        work.Dispose();
    }
}
