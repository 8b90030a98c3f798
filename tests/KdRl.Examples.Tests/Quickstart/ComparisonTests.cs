using KdRl.Examples.Quickstart;
using KdRl.Examples.Quickstart.Comparison;

namespace KdRl.Examples.Tests.Quickstart;

public sealed class ComparisonTests
{
    [Fact]
    public void Of_FiveValues_GivesTheTInterval()
    {
        // s = 1.581139, t(0.975, 4) = 2.776445, half-width = 2.776445 * 1.581139 / sqrt(5).
        var interval = MeanInterval.Of([1, 2, 3, 4, 5]);
        Assert.Equal(3, interval.Mean);
        Assert.Equal(1.963243, interval.HalfWidth, 5);
    }

    [Fact]
    public void Of_OneValue_DecidesNothing() => Assert.False(MeanInterval.Of([0.5]).IsDecided);

    [Theory]
    [InlineData(0.05, 0.01, "confirmed")]
    [InlineData(-0.05, 0.01, "contradicted")]
    [InlineData(0.05, 0.06, "same direction, interval holds 0")]
    [InlineData(-0.05, 0.06, "opposite direction, interval holds 0")]
    [InlineData(0.05, double.NaN, "same direction, interval holds 0")]
    public void Verdict_Difference_SaysWhatItShows(double mean, double half, string verdict) =>
        Assert.Equal(verdict, PaperClaim.Verdict(new MeanInterval(mean, half)));

    [Fact]
    public void Rows_Runs_ArePairedBySeed()
    {
        var result = new ComparisonResult
        {
            Command = "c", Versions = "v", Steps = 10, Seeds = [1, 2],
            Runs = [Run("grpo", 2, 0.3, 0.5), Run("grpo", 1, 0.2, 0.6), Run("kdrl", 1, 0.2, 0.9), Run("kdrl", 2, 0.3, 0.8)],
        };
        var rows = result.Rows(Teachers.Good);
        Assert.Equal(["start", "grpo", "kdrl"], rows.Select(r => r.Method));
        Assert.Equal([0.2, 0.3], rows[0].Accuracies);
        Assert.Equal([0.6, 0.5], rows[1].Accuracies);
        Assert.Equal(0.3, rows[2].Minus(rows[1]).Mean, 12);
        var text = MarkdownReport.Write(result, "chart.png");
        Assert.Contains("| GRPO | 55.0 ± ", text, StringComparison.Ordinal);
        Assert.Contains("| kdrl-annealed over kd-rkl | +1.1 | not run | |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void SavePng_AllMethods_ArePicturedWithTheirWholeNames()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "chart.png");
        var runs = from method in Methods.Names from seed in new[] { 1L, 2 } from teacher in new[] { Teachers.Good, "imperfect" } select Run(method, seed, 0.2, 0.6, teacher);
        ComparisonChart.SavePng(new ComparisonResult { Command = "c", Versions = "v", Steps = 10, Seeds = [1, 2], Runs = [.. runs] }, path);

        using var picture = SkiaSharp.SKBitmap.Decode(path);
        // A name that is cut off leaves ink at the edge.
        var background = picture.GetPixel(0, 0);
        Assert.All(Enumerable.Range(0, picture.Height), y => Assert.Equal(background, picture.GetPixel(picture.Width - 1, y)));
        Assert.Contains(Enumerable.Range(0, picture.Height), y => Enumerable.Range(0, picture.Width).Any(x => picture.GetPixel(x, y) != background));
    }

    [Fact]
    public void Load_SavedSummary_GivesItBack()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        Assert.Null(RunSummary.Load(folder));
        var run = Run("kdrl", 7, 0.25, 0.75);
        run.Save(folder);
        Assert.Equal(run, RunSummary.Load(folder));
        Assert.Contains("\"peak_rss_mb\"", File.ReadAllText(Path.Combine(folder, "summary.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BrokenSummary_NamesTheFile()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "summary.json"), "{ \"method\": ");
        Assert.Contains("summary.json", Assert.Throws<InvalidDataException>(() => RunSummary.Load(folder)).Message, StringComparison.Ordinal);
    }

    private static RunSummary Run(string method, long seed, double start, double final, string teacher = Teachers.Good) => new()
    {
        Method = method, Seed = seed, Teacher = teacher, StartAccuracy = start, FinalAccuracy = final, TeacherAccuracy = 0.99,
        Steps = 10, Seconds = 1, PostTrainingSeconds = 1, ResponseTokensPerSecond = 1, StartAnswerTokens = 20, FinalAnswerTokens = 21,
        PeakRssMegabytes = 100,
    };
}
