namespace KdRl.Tests.Rewards.Code;

/// <summary>What hostile programs could leave on this machine: processes, files, shared memory.</summary>
internal sealed record HostHealth(string[] Processes, string[] Files, string SharedMemory)
{
    private static readonly string[] Folders = ["/", "/tmp", "/var/tmp", "/dev/shm", "/usr", "/usr/bin", "/dev", "/run", Environment.CurrentDirectory, Path.GetTempPath()];

    /// <summary>Looks around. What is called after sandbox, or after the programs' own names, is counted.</summary>
    public static HostHealth Now() => new(
        [.. Processes_().Order()],
        [.. Folders.Distinct().Where(Directory.Exists).SelectMany(f => Directory.EnumerateFileSystemEntries(f, "kdrl-escape*")).Order()],
        File.ReadAllText("/proc/sysvipc/shm"));

    /// <summary>Processes that were not there before, once those that are ending have ended: the kernel takes a namespace down after its first process.</summary>
    public static async Task<string[]> LeftBehindAsync(string[] before)
    {
        for (var i = 0; ; i++)
        {
            string[] left = [.. Now().Processes.Except(before)];
            if (left.Length == 0 || i == 250) return left;
            await Task.Delay(20);
        }
    }

    private static IEnumerable<string> Processes_()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            if (Read(Path.Combine(folder, "cmdline")) is not { Length: > 0 } line) continue;
            // The supervisor's forks carry its command line; what they started by name shows by its arguments.
            var own = line.Contains("\0nested\0", StringComparison.Ordinal) || line.Contains("\0single\0", StringComparison.Ordinal);
            var started = line.Contains("77777", StringComparison.Ordinal) || line.Contains("while True", StringComparison.Ordinal) || line.Contains(":|:&", StringComparison.Ordinal);
            if (own || (started && !line.Contains("dotnet", StringComparison.Ordinal))) yield return Path.GetFileName(folder);
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }
}
