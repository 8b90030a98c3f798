using System.Runtime.InteropServices;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>Memory that may be executed, for as long as the process runs. On Linux only.</summary>
internal static unsafe class ExecutableMemory
{
    private const int Read = 1, Write = 2, Execute = 4, Private = 2, Anonymous = 32;

    /// <summary>A copy of machine code, which can no longer be written to; null where the system forbids that.</summary>
    /// <param name="code">Position-independent code.</param>
    public static byte* Of(ReadOnlySpan<byte> code)
    {
        var place = Map(null, (nuint)code.Length, Read | Write, Private | Anonymous, -1, 0);
        if (place == (byte*)-1) return null;
        code.CopyTo(new Span<byte>(place, code.Length));
        if (Protect(place, (nuint)code.Length, Read | Execute) == 0) return place;
        _ = Unmap(place, (nuint)code.Length);
        return null;
    }

    [DllImport("libc.so.6", EntryPoint = "mmap"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc.so.6", EntryPoint = "mprotect"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc.so.6", EntryPoint = "munmap"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(void* address, nuint length);
}
