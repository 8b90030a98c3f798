using System.Runtime.InteropServices;

namespace KdRl.TestSupport;

/// <summary>Peak resident memory of a piece of work, where the system tells it.</summary>
internal static class PeakMemory
{
    /// <summary>How far the resident size rose above its start, in MiB; null where the system does not tell.</summary>
    public static double? MiB(Action work)
    {
        if (!File.Exists("/proc/self/clear_refs")) return null;
        GC.Collect();
        // What the allocator kept from earlier work would hide as much of this one's.
        Trim();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Kilobytes("VmRSS:");
        work();
        return (Kilobytes("VmHWM:") - before) / 1024.0;
    }

    private static long Kilobytes(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]);

    private static void Trim()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: there is nothing to trim.
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int malloc_trim(nuint keep);
}
