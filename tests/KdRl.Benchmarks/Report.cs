using System.Diagnostics;
using System.Globalization;

namespace KdRl.Benchmarks;

/// <summary>Measurements as rows of a Markdown table, and benchmarks in processes of their own.</summary>
internal static class Report
{
    public const string Header = "| name | unit | ours | baseline | baseline value | ratio |\n|---|---|---:|---|---:|---:|";

    public static string Row(Measurement m) => string.Create(CultureInfo.InvariantCulture,
        $"| {m.Name} | {m.Unit} | {Number(m.Ours)} | {m.Baseline} | {Number(m.BaselineValue)} | {m.Ratio:0.00} |");

    /// <summary>
    /// Runs a benchmark with arguments in a process of its own: some set the allocator for good, and what one leaves in memory would be
    /// measured by the next.
    /// </summary>
    /// <returns>Whether it succeeded.</returns>
    public static bool RunApart(params string[] arguments)
    {
        var program = Environment.ProcessPath!;
        // Started as "dotnet KdRl.Benchmarks.dll", the program is the host and the first argument is ours.
        string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        using var child = Process.Start(program, [.. own, .. arguments]);
        child.WaitForExit();
        return child.ExitCode == 0;
    }

    private static string Number(double value) => Math.Abs(value) is > 0 and < 0.01 ? value.ToString("0.##e0", CultureInfo.InvariantCulture) : value.ToString("0.###", CultureInfo.InvariantCulture);
}
