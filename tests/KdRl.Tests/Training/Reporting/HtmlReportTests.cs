using System.Text.Json.Nodes;
using System.Xml.Linq;
using KdRl.Training;

namespace KdRl.Tests.Training.Reporting;

public class HtmlReportTests
{
    private const string Hostile = "<script>alert('x')</script>\" onmouseover=\"y";

    [Fact]
    public void Render_HostileText_IsEscapedEverywhere()
    {
        var html = HtmlReport.Render(Hostile, Summary(), [Line("""{"step":1,"reward":0.5,"warnings":["$"]}""")],
            [Line("""{"step":1,"prompt_id":"$","prompt":"$","completion":"$","reward":1,"status":"$","correct":true,"finish_reason":"$","parts":{"$":1},"tokens":["$","b"],"log_probs":[-1,-0.5],"teacher_log_probs":[-2,"-Infinity"]}""")],
            Hostile);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\" onmouseover", html, StringComparison.OrdinalIgnoreCase);
        Assert.True(html.Split("&lt;script&gt;").Length > 8);
    }

    [Fact]
    public void Render_Page_NeedsNoNetwork()
    {
        var html = HtmlReport.Render("run", Summary(), [Line("""{"step":1,"reward":0.5}"""), Line("""{"step":2,"reward":"NaN"}"""), Line("""{"step":3,"reward":0.7}""")], [], "{}");

        Assert.DoesNotContain("http", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<svg", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ExactDivergence_IsACurve()
    {
        const string Heading = "Exact divergence";

        Assert.Contains(Heading, HtmlReport.Render("run", Summary(), [Line("""{"step":1,"distillation/divergence":0.5}""")], [], "{}"), StringComparison.Ordinal);
        Assert.DoesNotContain(Heading, HtmlReport.Render("run", Summary(), [Line("""{"step":1,"distillation/k3":0.5}""")], [], "{}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Values_AreWellFormedAndGapsStayOpen()
    {
        var svg = SvgChart.Draw("a < b", new ChartSeries("one", [(1, 0), (2, 1), (3, double.NaN), (4, 1), (5, 0)]))!;

        var path = XElement.Parse(svg).Descendants().Single(e => e.Name.LocalName == "path").Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'L'));
    }

    [Fact]
    public void Draw_NothingFinite_IsNull() => Assert.Null(SvgChart.Draw("empty", new ChartSeries("one", [(1, double.NaN)])));

    [Fact]
    public void Draw_ConstantOrLoneValue_IsDrawn()
    {
        Assert.Contains("circle", SvgChart.Draw("one", new ChartSeries("one", [(1, 0)])), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", SvgChart.Draw("flat", new ChartSeries("flat", [(1, 3), (2, 3)])), StringComparison.Ordinal);
    }

    private static JsonObject Line(string json) => JsonNode.Parse(json.Replace("$", JsonValue.Create(Hostile)!.ToJsonString()[1..^1], StringComparison.Ordinal))!.AsObject();

    private static RunSummary Summary() => new()
    {
        Steps = 1, PlannedSteps = 2, IsFinished = false, StopReason = Hostile, Updates = 1, SkippedUpdates = 0, Tokens = 10, Seconds = 1, LibraryVersion = "1",
    };
}
