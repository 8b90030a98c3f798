namespace KdRl.Benchmarks;

/// <summary>Peak resident memory of a piece of work, where the system tells it.</summary>
internal static class Memory
{
    /// <summary>How far the resident size rose above its start, in MiB; null where the system does not tell.</summary>
    public static double? PeakMiB(Action work)
    {
        if (!File.Exists("/proc/self/clear_refs")) return null;
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Kilobytes("VmRSS:");
        work();
        return (Kilobytes("VmHWM:") - before) / 1024.0;
    }

    private static long Kilobytes(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
}
