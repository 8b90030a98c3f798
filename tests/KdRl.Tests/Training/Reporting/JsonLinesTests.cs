using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training.Reporting;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void TruncateAfter_LaterAndTornLines_AreDropped()
    {
        var path = Path.Combine(folder.Path, "metrics.jsonl");
        var lines = new JsonLines(path);
        foreach (var step in new[] { 0L, 1, 2, 3 }) lines.Append(new Dictionary<string, object> { ["step"] = step, ["loss"] = step / 2.0 });
        File.AppendAllText(path, "{\"step\": 2, \"lo");

        lines.TruncateAfter(2);

        Assert.Equal([0, 1, 2], lines.Read().Select(l => l["step"]!.GetValue<long>()));
        Assert.Equal((byte)'{', File.ReadAllBytes(path)[0]);
        lines.TruncateAfter(-1);
        Assert.Empty(File.ReadAllText(path));
    }

    [Fact]
    public void TruncateAfter_LinesLongerThanABlock_KeepsWholeLines()
    {
        var path = Path.Combine(folder.Path, "rewards.jsonl");
        var lines = new JsonLines(path);
        for (var step = 1; step <= 4; step++)
        {
            var line = new Dictionary<string, object> { ["step"] = (long)step, ["text"] = new string('é', 5000 * step) };
            lines.AppendAll([line, line]);
        }

        lines.TruncateAfter(2);

        Assert.Equal([1, 1, 2, 2], lines.Read().Select(l => l["step"]!.GetValue<long>()));
        Assert.Equal((byte)'\n', File.ReadAllBytes(path)[^1]);
    }

    [Fact]
    public void Append_NotFinite_StaysVisible()
    {
        var lines = new JsonLines(Path.Combine(folder.Path, "m.jsonl"));

        lines.Append(new Dictionary<string, object> { ["step"] = 1L, ["loss"] = double.NaN, ["kl"] = double.PositiveInfinity });

        var line = Assert.Single(lines.Read());
        Assert.Equal("NaN", line["loss"]!.GetValue<string>());
        Assert.Equal("Infinity", line["kl"]!.GetValue<string>());
    }

    public void Dispose() => folder.Dispose();
}
