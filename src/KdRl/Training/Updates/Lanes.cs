using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>
/// Computes the parts of a batch on several torch threads at once, and hands the results on one by one in their order, so that
/// sums come out the same whatever the number of threads.
/// </summary>
/// <param name="helpers">Threads beside the calling one; none of them waits for another.</param>
internal sealed class Lanes(IReadOnlyList<TorchThread> helpers)
{
    /// <summary>Parts that are computed at once.</summary>
    public int Count => helpers.Count + 1;

    /// <summary>Computes parts until all are taken or one is refused.</summary>
    /// <param name="count">Number of parts.</param>
    /// <param name="compute">Computes a part, on any of the threads, in a dispose scope of its own.</param>
    /// <param name="take">Takes a result, in the scope in which it was computed, one at a time and in order; false ends the work.</param>
    /// <returns>Whether all parts were taken.</returns>
    public bool Run<T>(int count, Func<int, T> compute, Func<T, bool> take)
    {
        var work = new Work<T>(count, compute, take);
        Task[] others = [.. helpers.Take(count - 1).Select(helper => helper.RunAsync(work.Run))];
        try
        {
            work.Run();
        }
        finally
        {
            // A failure elsewhere ends the work on this thread without one of its own: it is thrown here.
            Task.WhenAll(others).GetAwaiter().GetResult();
        }
        return work.IsComplete;
    }

    private sealed class Work<T>(int count, Func<int, T> compute, Func<T, bool> take)
    {
        private readonly object gate = new();
        private int next, turn;
        private bool stopped;

        public bool IsComplete => turn == count && !stopped;

        public void Run()
        {
            try
            {
                for (var part = Next(); part < count; part = Next())
                {
                    using var scope = NewDisposeScope();
                    if (!Take(part, compute(part))) return;
                }
            }
            catch
            {
                lock (gate) Stop();
                throw;
            }
        }

        private int Next() => Interlocked.Increment(ref next) - 1;

        private bool Take(int part, T result)
        {
            lock (gate)
            {
                while (turn != part && !stopped) Monitor.Wait(gate);
                if (stopped) return false;
                if (!take(result))
                {
                    Stop();
                    return false;
                }
                turn++;
                Monitor.PulseAll(gate);
                return true;
            }
        }

        private void Stop()
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }
}
