using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// The one thread on which a model's tensor work runs. Dispose scopes and gradient mode belong to a thread, so tensor code
/// is handed over as a whole and never awaits inside.
/// </summary>
public sealed class TorchThread : IDisposable
{
    private readonly BlockingCollection<IWorkItem> work = [];
    private readonly Thread thread;
    private readonly bool fence;
    private long largest;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Shown by debuggers and in errors.</param>
    /// <param name="fence">
    /// Whether each work item runs inside a no-GC region, so that no collection can free an argument of a native call that model
    /// code made with implicit scalars (<c>a + b</c>, <c>x * 0.5</c>), while other threads of the process allocate. The region
    /// holds twice what the largest item so far saw allocated in the whole process, from 32 to 256 MiB; when more is
    /// allocated the runtime ends it early, and that item goes on without. It costs some 0.1 ms an item. The code of this library
    /// needs no fence: its scalars are rooted. The default value is true.
    /// </param>
    /// <param name="threads">
    /// How many threads an operation on this thread is spread over, at least 1. The caller's thread and all that have not computed yet
    /// then compute on their own, unless they say otherwise: OpenMP gives a team to each thread that computes, and as soon as
    /// the teams together outnumber the processors they sleep between operations, and waking them costs small models all that
    /// they gain. Null, the default, leaves all settings as they are.
    /// </param>
    public TorchThread(string name = "torch", bool fence = true, int? threads = null)
    {
        if (threads is { } count) ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(threads));
        this.fence = fence;
        thread = new Thread(Work) { Name = name, IsBackground = true };
        thread.Start();
        if (threads is null) return;
        // The last call is what threads start with that have not computed yet, so it comes after the one for this thread.
        RunAsync(() => SetThreads(threads.Value)).Wait();
        SetThreads(1);
    }

    private static void SetThreads(int count)
    {
        // The first question makes torch set up the calling thread, which would undo a number set before.
        _ = get_num_threads();
        set_num_threads(count);
    }

    private interface IWorkItem { void Run(); }

    /// <summary>Runs tensor code inside a dispose scope and hands back its result.</summary>
    /// <remarks>
    /// Items run in the order of the calls. Called on the thread itself, by code that already is a work item, it runs the body at
    /// once and returns a finished task: queued behind its caller it could never start.
    /// </remarks>
    /// <param name="body">Synchronous tensor code; tensors it does not move out of the scope are disposed when it ends.</param>
    /// <param name="ct">Cancels the work while it waits; running work is not interrupted.</param>
    /// <returns>A task with the result, the exception that the body threw, or cancelled.</returns>
    /// <exception cref="ObjectDisposedException">The thread was disposed.</exception>
    public Task<T> RunAsync<T>(Func<T> body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (ct.IsCancellationRequested) return Task.FromCanceled<T>(ct);
        var item = new WorkItem<T>(body, ct);
        if (Thread.CurrentThread == thread)
        {
            item.Run();
            return item.Task;
        }
        try
        {
            work.Add(item, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException($"{nameof(TorchThread)} '{thread.Name}'");
        }
        return item.Task;
    }

    /// <summary>Runs tensor code that has no result.</summary>
    /// <inheritdoc cref="RunAsync{T}(Func{T}, CancellationToken)"/>
    public Task RunAsync(Action body, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(() => { body(); return true; }, ct);
    }

    /// <summary>
    /// Finishes the queued work and ends the thread. Called by a work item it returns at once, and the thread ends after the queue.
    /// </summary>
    public void Dispose()
    {
        try
        {
            work.CompleteAdding();
        }
        catch (ObjectDisposedException)
        {
            return; // Disposed before: the thread has ended.
        }
        if (Thread.CurrentThread != thread) thread.Join();
    }

    private void Work()
    {
        foreach (var item in work.GetConsumingEnumerable())
        {
            if (fence) RunFenced(item);
            else item.Run();
        }
        work.Dispose();
    }

    private void RunFenced(IWorkItem item)
    {
        var before = GC.GetTotalAllocatedBytes();
        using (GcFence.Enter(Math.Clamp(2 * largest, GcFence.SmallestRegion, GcFence.LargestRegion))) item.Run();
        largest = Math.Max(largest, GC.GetTotalAllocatedBytes() - before);
    }

    private sealed class WorkItem<T> : IWorkItem
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Func<T> body;
        private readonly CancellationTokenRegistration cancellation;
        private int taken;

        public WorkItem(Func<T> body, CancellationToken ct)
        {
            this.body = body;
            cancellation = ct.UnsafeRegister(_ => { if (Take()) done.SetCanceled(ct); }, null);
        }

        public Task<T> Task => done.Task;

        public void Run()
        {
            if (!Take()) return;
            cancellation.Unregister();
            try
            {
                T result;
                using (NewDisposeScope()) result = body();
                done.SetResult(result);
            }
            catch (OperationCanceledException e) when (e.CancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(e.CancellationToken);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }

        private bool Take() => Interlocked.Exchange(ref taken, 1) == 0;
    }
}
