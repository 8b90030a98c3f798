using System.Runtime;

namespace KdRl.Tensors;

/// <summary>
/// Keeps the garbage collector from running. A no-GC region belongs to the process, so holders are counted: the first starts
/// the region, the last ends it, and those between share it.
/// </summary>
internal sealed class GcFence : IDisposable
{
    public const long SmallestRegion = 32L << 20;

    // The runtime sets the memory of a region aside at its start.
    public const long LargestRegion = 256L << 20;

    // Starting a region renews the runtime's allocation budget, so under regions that follow each other closely it would never
    // collect by itself, and the garbage of a long run, with the native memory its finalisers hold, would only grow.
    private const long CollectAfter = 32L << 20;

    private static readonly Lock Gate = new();
    private static int holders;
    private static bool started;
    private static long collectedAt;

    private bool released;

    private GcFence() { }

    /// <summary>Joins the region, or starts one of the given size; where the runtime grants none, the work goes on without.</summary>
    public static GcFence Enter(long bytes)
    {
        lock (Gate)
        {
            if (holders++ == 0) started = TryStart(bytes);
        }
        return new GcFence();
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (released) return;
            released = true;
            if (--holders > 0 || !started) return;
            started = false;
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) End();
            Collect();
        }
    }

    private static void End()
    {
        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // The runtime has left the region by itself, because more was allocated than it holds; there is nothing to end.
        }
    }

    private static void Collect()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - collectedAt < CollectAfter) return;
        collectedAt = allocated;
        GC.Collect(0);
    }

    private static bool TryStart(long bytes)
    {
        // The host may be inside a region of its own.
        if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) return false;
        try { return GC.TryStartNoGCRegion(bytes); }
        catch (ArgumentOutOfRangeException) { return false; }
    }
}
