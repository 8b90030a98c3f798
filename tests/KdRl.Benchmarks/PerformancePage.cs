using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace KdRl.Benchmarks;

/// <summary>
/// The page that is kept in docs: a section for each benchmark, written by the run that measured it. A later run of one benchmark replaces its
/// section and leaves the others, so that each can be run when the machine is quiet.
/// </summary>
internal static class PerformancePage
{
    private const string Heading = "## ";

    /// <summary>Writes a benchmark's section into the page, and its chart beside it.</summary>
    /// <param name="path">The page; made when it is not there.</param>
    /// <param name="order">All benchmarks, in the order of their sections.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="results">What it measured; null: it failed.</param>
    /// <param name="others">Share of the processors that others took meanwhile; null: not known.</param>
    public static void Write(string path, IEnumerable<IBenchmark> order, IBenchmark benchmark, IReadOnlyList<Measurement>? results, double? others)
    {
        var sections = Sections(path);
        var chart = $"{Path.GetFileNameWithoutExtension(path)}-{benchmark.Name}.png";
        var isDrawn = results is not null && CurveChart.SavePng(results, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, chart));
        sections[benchmark.Name] = Section(benchmark, results, others, isDrawn ? chart : null);
        var page = new StringBuilder(Head());
        foreach (var name in order.Select(b => b.Name).Where(sections.ContainsKey)) page.Append('\n').Append(Heading).Append(name).Append("\n\n").Append(sections[name].Trim()).Append('\n');
        File.WriteAllText(path, page.ToString());
    }

    private static string Head() => string.Create(CultureInfo.InvariantCulture, $"""
        # Performance

        Each section is written by a run of its own,

        ```bash
        dotnet run -c Release --project tests/KdRl.Benchmarks -- NAME --markdown docs/performance.md
        ```

        and all of them, one after the other, with `all` for `NAME`; on {Environment.ProcessorCount} processors ({RuntimeInformation.OSArchitecture}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1 << 30)} GiB, {RuntimeInformation.FrameworkDescription}. A section says when it was measured and how much of the processors other programs took meanwhile.

        Each line compares this library with the baseline it names, measured in the same process, in turn where both are timed. The ratio is ours divided by the baseline: for times and memory less is better, for rates more. Times are medians.

        """);

    private static string Section(IBenchmark benchmark, IReadOnlyList<Measurement>? results, double? others, string? chart)
    {
        var section = new StringBuilder();
        section.Append(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(benchmark.Description[0])}{benchmark.Description[1..]}. Measured {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
        section.Append(others is { } share ? string.Create(CultureInfo.InvariantCulture, $", others took {100 * share:0} % of the processors.\n\n") : ".\n\n");
        if (chart is not null) section.Append(CultureInfo.InvariantCulture, $"![{benchmark.Name}]({chart})\n\n");
        if (results is null) section.Append("Failed.");
        else if (results.Count == 0) section.Append("Cannot be measured on this machine.");
        else section.Append(Report.Header).Append('\n').AppendJoin('\n', results.Select(Report.Row));
        return section.ToString();
    }

    /// <summary>The text of each section of a page, by name.</summary>
    private static Dictionary<string, string> Sections(string path)
    {
        Dictionary<string, string> sections = [];
        if (!File.Exists(path)) return sections;
        foreach (var part in File.ReadAllText(path).Split('\n' + Heading).Skip(1))
        {
            var lines = part.Split('\n', 2);
            sections[lines[0].Trim()] = lines.Length > 1 ? lines[1] : "";
        }
        return sections;
    }
}
