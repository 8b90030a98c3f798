using System.Runtime.InteropServices;
using System.Text;

namespace KdRl.Training;

/// <summary>Makes files and folders survive a crash of the machine, not only of the process.</summary>
internal static class DurableFiles
{
    /// <summary>Flushes a file's contents to the disk.</summary>
    public static void FlushFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Flushes a folder's entries, so that a rename within it is durable. Windows offers no such call and needs none.</summary>
    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        const int readOnly = 0;
        var descriptor = Open(Encoding.UTF8.GetBytes(path + '\0'), readOnly);
        if (descriptor < 0) throw new IOException($"Cannot open folder '{path}' to flush it: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            if (Flush(descriptor) != 0) throw new IOException($"Cannot flush folder '{path}': error {Marshal.GetLastPInvokeError()}.");
        }
        finally { _ = Close(descriptor); }
    }

    /// <summary>Writes a small file beside and renames it over the old one: readers see the old or the new, never half.</summary>
    public static void Replace(string path, string text)
    {
        var beside = path + ".tmp";
        File.WriteAllText(beside, text);
        FlushFile(beside);
        File.Move(beside, path, overwrite: true);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
