using System.Globalization;

namespace KdRl.Training;

/// <summary>Memory of machine and process.</summary>
internal static class SystemMemory
{
    /// <summary>Bytes that the process may take beyond what it holds.</summary>
    /// <param name="limit">The most it may hold; null: all that is free.</param>
    public static long Room(long? limit) => limit is { } most ? most - Environment.WorkingSet : Available();

    /// <summary>Bytes that are free on the machine, or in the container where that has less.</summary>
    private static long Available()
    {
        // The runtime knows the container's limit.
        var whole = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        return Math.Min(whole, MemAvailable() ?? whole);
    }

    /// <summary>What Linux could give without swapping; null elsewhere.</summary>
    private static long? MemAvailable()
    {
        const string path = "/proc/meminfo", field = "MemAvailable:";
        if (!OperatingSystem.IsLinux() || !File.Exists(path)) return null;
        var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
