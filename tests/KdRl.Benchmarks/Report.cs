using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace KdRl.Benchmarks;

/// <summary>Measurements as Markdown, and all benchmarks one after the other.</summary>
internal static class Report
{
    public const string Header = "| name | unit | ours | baseline | baseline value | ratio |\n|---|---|---:|---|---:|---:|";

    public static string Row(Measurement m) => string.Create(CultureInfo.InvariantCulture,
        $"| {m.Name} | {m.Unit} | {Number(m.Ours)} | {m.Baseline} | {Number(m.BaselineValue)} | {m.Ratio:0.00} |");

    /// <summary>
    /// Runs benchmarks, each in a process of its own: some set the allocator for good, and what one leaves in memory would be measured by
    /// the next. A benchmark that fails is named and the rest go on.
    /// </summary>
    /// <returns>The results by benchmark; null where it failed.</returns>
    public static IReadOnlyList<(IBenchmark Benchmark, IReadOnlyList<Measurement>? Results)> RunEach(IEnumerable<IBenchmark> benchmarks) =>
        [.. benchmarks.Select(benchmark => (benchmark, (IReadOnlyList<Measurement>?)RunApart(benchmark.Name)))];

    /// <summary>The page that is kept in docs.</summary>
    public static string Page(string command, IReadOnlyList<(IBenchmark Benchmark, IReadOnlyList<Measurement>? Results)> all)
    {
        var page = new StringBuilder();
        page.AppendLine("# Performance").AppendLine();
        page.AppendLine("Measured by").AppendLine();
        page.AppendLine("```bash").AppendLine(command).AppendLine("```").AppendLine();
        page.AppendLine(CultureInfo.InvariantCulture,
            $"on {Environment.ProcessorCount} processors ({RuntimeInformation.OSArchitecture}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB, {RuntimeInformation.FrameworkDescription}.");
        page.AppendLine("Each line compares this library with the baseline it names, measured in the same process in turn. The ratio is ours divided by the baseline: for times and memory less is better, for rates more. Times are medians.");
        foreach (var (benchmark, results) in all)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {benchmark.Name}").AppendLine();
            page.AppendLine(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(benchmark.Description[0])}{benchmark.Description[1..]}.").AppendLine();
            if (results is null) page.AppendLine("Failed.");
            else if (results.Count == 0) page.AppendLine("Cannot be measured on this machine.");
            else page.AppendLine(Header).AppendJoin('\n', results.Select(Row)).AppendLine();
        }
        return page.ToString();
    }

    private static List<Measurement>? RunApart(string name)
    {
        var json = Path.GetTempFileName();
        try
        {
            var program = Environment.ProcessPath!;
            // Started as "dotnet KdRl.Benchmarks.dll", the program is the host and the first argument is ours.
            string[] own = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
            using var child = Process.Start(program, [.. own, name, "--json", json]);
            child.WaitForExit();
            return child.ExitCode == 0 ? JsonSerializer.Deserialize<List<Measurement>>(File.ReadAllText(json)) : null;
        }
        finally
        {
            File.Delete(json);
        }
    }

    private static string Number(double value) => Math.Abs(value) is > 0 and < 0.01 ? value.ToString("0.##e0", CultureInfo.InvariantCulture) : value.ToString("0.###", CultureInfo.InvariantCulture);
}
