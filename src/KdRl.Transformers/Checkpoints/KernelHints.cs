using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// What Linux is told about a checkpoint's gigabytes. Without the first hint most of a load is the kernel handing out memory page by
/// page; without the second a save copies first and writes to the disk after. Elsewhere, and where the kernel declines, nothing happens.
/// </summary>
internal static unsafe class KernelHints
{
    private const long PageSize = 4096;

    /// <summary>Asks for a tensor's memory in pages of megabytes, before it is first written.</summary>
    /// <param name="tensor">Contiguous, on any device; only the CPU's memory is meant.</param>
    public static void UseLargePages(Tensor tensor)
    {
        const int hugePages = 14;
        if (!OperatingSystem.IsLinux() || tensor.device_type != DeviceType.CPU || tensor.numel() == 0) return;
        var (start, bytes) = ((nint)TensorMemory.Start(tensor), tensor.numel() * tensor.element_size());
        var first = start & ~(nint)(PageSize - 1);
        _ = Advise(first, (nuint)(start + bytes - first), hugePages);
    }

    /// <summary>Starts writing some of a file to the disk, while the caller goes on.</summary>
    public static void StartWriting(SafeFileHandle file, long offset, long count)
    {
        const uint write = 2;
        if (OperatingSystem.IsLinux()) _ = SyncRange(file, offset, count, write);
    }

    [DllImport("libc.so.6", EntryPoint = "madvise"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint start, nuint length, int advice);

    [DllImport("libc.so.6", EntryPoint = "sync_file_range"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncRange(SafeFileHandle file, long offset, long count, uint flags);
}
