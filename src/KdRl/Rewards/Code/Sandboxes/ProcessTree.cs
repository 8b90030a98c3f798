using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KdRl.Rewards.Code;

/// <summary>Ends a process with all that it started.</summary>
internal static class ProcessTree
{
    private const int SigKill = 9;
    private const int SigStop = 19;

    /// <summary>
    /// Ends a child of this process and its descendants. bubblewrap ends with its parent, but one that is ended while it starts leaves a child that waits
    /// for ever. A parent is stopped before its children are looked up: so it starts no more of them, and their numbers are not given to others.
    /// </summary>
    public static void Kill(Process process)
    {
        if (process.HasExited) return;
        Kill(process.Id);
        process.Kill();
    }

    private static void Kill(int id)
    {
        _ = Signal(id, SigStop);
        foreach (var child in Children(id)) Kill(child);
        _ = Signal(id, SigKill);
    }

    private static int[] Children(int id)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        }
        catch (IOException)
        {
            return []; // it has ended
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
