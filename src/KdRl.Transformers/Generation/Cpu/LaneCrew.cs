using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// Threads that take the same step together, each its share of it, and wait for each other in between. Decoding alternates between
/// products and operations too short for OpenMP, whose threads fall asleep in between.
/// </summary>
internal sealed class LaneCrew : IDisposable
{
    private readonly TorchThread[] threads;
    private int arrived;
    private int phase;
    private volatile bool failed;

    /// <param name="lanes">Number of lanes, at least 1; a single one is the caller's thread.</param>
    public LaneCrew(int lanes)
    {
        Lanes = lanes;
        threads = new TorchThread[lanes == 1 ? 0 : lanes];
        if (lanes == 1) return;
        var own = get_num_threads();
        for (var i = 0; i < lanes; i++) threads[i] = new TorchThread($"decoding {i}", fence: false, threads: 1);
        // Each of them left one to all other threads.
        set_num_threads(own);
    }

    /// <summary>Number of lanes.</summary>
    public int Lanes { get; }

    /// <summary>
    /// A lane's range when all divide a number of things: a multiple of 32 but for the last, which is none or at least four; for products of whole vectors.
    /// </summary>
    public (int Start, int End) Range(int size, int lane)
    {
        return (Bound(lane), Bound(lane + 1));

        int Bound(int i) => i == Lanes ? size : Math.Min((int)((long)size * i / Lanes), Math.Max(0, size - DotProductCode.Outputs)) / DotProductCode.Part * DotProductCode.Part;
    }

    /// <summary>Runs a body once for each lane, and returns when all are done.</summary>
    /// <exception cref="AggregateException">A lane failed.</exception>
    public void Run(Action<int> share)
    {
        if (Lanes == 1)
        {
            share(0);
            return;
        }
        (failed, arrived) = (false, 0);
        Task.WaitAll(threads.Select((thread, lane) => thread.RunAsync(() => Guarded(share, lane))).ToArray());
    }

    /// <summary>Inside a body: waits until all lanes are here.</summary>
    /// <exception cref="InvalidOperationException">Another lane failed and will not come.</exception>
    public void Meet()
    {
        if (Lanes == 1) return;
        var before = Volatile.Read(ref phase);
        if (Interlocked.Increment(ref arrived) == Lanes)
        {
            arrived = 0;
            Volatile.Write(ref phase, before + 1);
            return;
        }
        var spin = new SpinWait();
        while (Volatile.Read(ref phase) == before)
        {
            if (failed) throw new InvalidOperationException("Another lane failed.");
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Guarded(Action<int> share, int lane)
    {
        try
        {
            using var noGrad = no_grad();
            share(lane);
        }
        catch
        {
            failed = true;
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var thread in threads) thread.Dispose();
    }
}
