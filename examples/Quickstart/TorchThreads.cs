using KdRl.Rollouts;
using KdRl.Tensors;
using KdRl.Transformers;

namespace KdRl.Examples.Quickstart;

/// <summary>
/// A torch thread for each processor, each computing on its own: models this small are faster when every thread has answers of its
/// own to draw and learn from than when each operation is spread over all of them.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly TorchThread[] threads;

    /// <param name="count">At least 1.</param>
    public TorchThreads(int count) => threads = [.. Enumerable.Range(1, count).Select(i => new TorchThread($"torch {i}", threads: 1))];

    /// <summary>Where the models' tensors live.</summary>
    public TorchThread First => threads[0];

    /// <summary>All others.</summary>
    public IReadOnlyList<TorchThread> Helpers => threads[1..];

    /// <summary>Draws answers on all threads.</summary>
    public IRolloutEngine Engine(CausalLM model) => new DividedEngine([.. threads.Select(thread => Models.Engine(model, thread))]);

    public void Dispose()
    {
        foreach (var thread in threads) thread.Dispose();
    }
}
