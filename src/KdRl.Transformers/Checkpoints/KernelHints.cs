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
    private const nint LargePage = 2 << 20;

    /// <summary>
    /// Asks for a tensor's memory in pages of megabytes, before it is first written. Pages that it shares with its neighbours are meant
    /// too: tensors smaller than a page would otherwise never get one.
    /// </summary>
    /// <param name="tensor">Contiguous, on any device; only the CPU's memory is meant.</param>
    /// <param name="all">
    /// Whether the whole tensor will be written, so that memory can be handed out at once: pages of which a part is in use already are
    /// made large then.
    /// </param>
    public static void UseLargePages(Tensor tensor, bool all)
    {
        const int hugePages = 14, collapse = 25;
        if (!OperatingSystem.IsLinux() || tensor.device_type != DeviceType.CPU || tensor.numel() == 0) return;
        var (start, bytes) = ((nint)TensorMemory.Start(tensor), tensor.numel() * tensor.element_size());
        var first = start & ~(LargePage - 1);
        var end = (start + (nint)bytes + LargePage - 1) & ~(LargePage - 1);
        // Where nothing is mapped there the kernel says so, having followed the advice for the rest.
        _ = Advise(first, (nuint)(end - first), hugePages);
        if (all) _ = Advise(first, (nuint)(end - first), collapse);
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
