using System.Collections.Concurrent;

namespace KdRl.Notebooks;

/// <summary>Keeps a cell on the calling thread even where it awaits: dispose scopes and gradient mode belong to a thread.</summary>
internal sealed class CellThread : SynchronizationContext
{
    private readonly BlockingCollection<Action> work = [];

    /// <summary>Runs asynchronous code to its end; every continuation returns to this thread.</summary>
    public static T Run<T>(Func<Task<T>> body)
    {
        var before = Current;
        var context = new CellThread();
        SetSynchronizationContext(context);
        try
        {
            var task = body();
            task.ContinueWith(_ => context.work.CompleteAdding(), TaskScheduler.Default);
            foreach (var item in context.work.GetConsumingEnumerable()) item();
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => work.Add(() => d(state));
}
