using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Settings of the process that programs make once, at start. The library never makes them by itself.</summary>
public static class TorchRuntime
{
    private const int TrimThreshold = -1;
    private const int MmapMax = -4;

    /// <summary>
    /// Has glibc keep freed tensor memory (no block by mmap, up to 2 GiB free at the top of the heap) instead of returning it to
    /// the system at once, where every large temporary would be paged in anew. Costs a higher resident size.
    /// </summary>
    /// <returns>True when the settings were made; false on systems without glibc's <c>mallopt</c>, where nothing changes.</returns>
    public static bool TuneAllocator()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return mallopt(MmapMax, 0) == 1 & mallopt(TrimThreshold, int.MaxValue) == 1;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // musl has no mallopt.
        }
    }

    /// <summary>Sets how many threads one tensor operation may use.</summary>
    /// <param name="threads">
    /// At least 1; null takes one for each processor. Models of less than about a million parameters run faster on 1 thread when
    /// other processes compete for the processors.
    /// </param>
    public static void SetThreads(int? threads = null)
    {
        var count = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(threads));
        set_num_threads(count);
    }

    [DllImport("libc.so.6")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int mallopt(int parameter, int value);
}
