using System.Globalization;

namespace KdRl.Benchmarks;

/// <summary>What share of the processors other programs, and other guests of the host, took while a benchmark ran.</summary>
internal sealed class ProcessorShare
{
    private readonly (double All, double Busy, double Own)? start = Read();

    /// <summary>From 0 to 1 since this was made; null where the system does not tell.</summary>
    public double? OfOthers() => start is { } before && Read() is { } now && now.All > before.All
        ? Math.Clamp((now.Busy - before.Busy - (now.Own - before.Own)) / (now.All - before.All), 0, 1)
        : null;

    /// <summary>Ticks of all processors, in all and not idle, and those of this process and the processes it has started and seen end.</summary>
    private static (double All, double Busy, double Own)? Read()
    {
        if (!File.Exists("/proc/stat")) return null;
        // cpu user nice system idle iowait irq softirq steal; guests are counted in user.
        var all = Numbers(File.ReadLines("/proc/stat").First(), 1, 8);
        // Behind the name in brackets: utime, stime, cutime and cstime are the 12th to the 15th.
        var own = File.ReadAllText("/proc/self/stat");
        return (all.Sum(), all.Sum() - all[3] - all[4], Numbers(own[(own.LastIndexOf(')') + 1)..], 11, 4).Sum());
    }

    private static double[] Numbers(string line, int skip, int take) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(skip).Take(take).Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
}
