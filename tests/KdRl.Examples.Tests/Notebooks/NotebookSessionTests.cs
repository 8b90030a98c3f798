using System.Text.Json;
using KdRl.Notebooks;

namespace KdRl.Examples.Tests.Notebooks;

[Collection("torch")]
public class NotebookSessionTests
{
    [Fact]
    public void Run_LaterCell_SeesWhatEarlierOnesDeclared()
    {
        var (_, notebook) = Run("using System.Text; record Point(int X, int Y); var p = new Point(1, 2);", "new StringBuilder().Append(p.Y)");

        Assert.Equal("[2]", notebook.CodeCells[1].TextOutputs);
    }

    [Fact]
    public void Run_Outputs_StandInTheOrderTheyWereMade()
    {
        var (_, notebook) = Run("Console.Write(\"a\"); Console.WriteLine(1); display(\"b\"); Console.Write('c'); 40 + 2");

        Assert.Equal("a1\n\nb\nc\n42", notebook.CodeCells[0].TextOutputs);
    }

    [Fact]
    public void Run_Table_IsMarkdown()
    {
        var (_, notebook) = Run("table(new[] { new { name = \"k1\", the_value = 0.5 } });");

        Assert.Equal("| name | the value |\n| --- | --- |\n| k1 | 0.5 |", notebook.CodeCells[0].TextOutputs);
    }

    [Theory]
    [InlineData("throw new InvalidOperationException(\"no\");", "InvalidOperationException: no")]
    [InlineData("int x = \"text\";", "CS0029")]
    public void Run_FailingCell_IsReportedAndEndsTheRun(string source, string expected)
    {
        var (results, notebook) = Run("1", source, "2");

        Assert.Equal([true, false], results.Select(r => r.Error is null));
        Assert.Contains(expected, notebook.CodeCells[1].TextOutputs, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Await_ComesBackToTheSameThread()
    {
        var (results, notebook) = Run(
            "var before = Environment.CurrentManagedThreadId; await Task.Delay(20); before == Environment.CurrentManagedThreadId",
            "before == Environment.CurrentManagedThreadId");

        Assert.All(results, r => Assert.Null(r.Error));
        Assert.All(notebook.CodeCells, c => Assert.Equal("true", c.TextOutputs));
    }

    [Fact]
    public void Run_LinesForInteractiveKernels_AreSkipped()
    {
        var (_, notebook) = Run("#!csharp\n#r \"nuget: KdRl, 0.1.0\"\n#i \"nuget: somewhere\"\n7");

        Assert.Equal("7", notebook.CodeCells[0].TextOutputs);
    }

    [Fact]
    public void Run_Plot_IsStoredAsPng()
    {
        var (results, notebook) = Run("var plot = new ScottPlot.Plot(); plot.Add.Signal(new double[] { 1, 3, 2 }); plot");

        Assert.Null(results[0].Error);
        using var json = JsonDocument.Parse(notebook.ToJson());
        var data = json.RootElement.GetProperty("cells")[0].GetProperty("outputs")[0].GetProperty("data");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], data.GetProperty("image/png").GetBytesFromBase64()[..4]);
    }

    [Fact]
    public void Run_Tensor_IsShownWithItsValues()
    {
        var (results, notebook) = Run("using static TorchSharp.torch; tensor(new[] { 1.5f, 2f })");

        Assert.Null(results[0].Error);
        Assert.Contains("1.5", notebook.CodeCells[0].TextOutputs, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Check_FailsOnlyWhenStoredTextDiffers()
    {
        var (_, notebook) = Run("1 + 1");

        Assert.Null(Assert.Single(new NotebookSession().Run(notebook, check: true)).Error);
        var changed = Notebook.Parse(notebook.ToJson().Replace("1 + 1", "1 + 2", StringComparison.Ordinal));
        Assert.Contains("now:\n3", Assert.Single(new NotebookSession().Run(changed, check: true)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ToJson_AfterASecondRun_IsUnchanged()
    {
        var (_, notebook) = Run("Console.WriteLine(\"é < ü\"); 3");
        var first = notebook.ToJson();

        new NotebookSession().Run(notebook);

        Assert.Equal(first, notebook.ToJson());
        Assert.Contains("é < ü", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"cells\": 3}")]
    [InlineData("{\"cells\": [")]
    public void Load_OtherFile_IsRefusedByName(string text)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, text);
        try
        {
            var error = Assert.Throws<InvalidDataException>(() => Notebook.Load(path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (IReadOnlyList<CellResult> Results, Notebook Notebook) Run(params string[] sources)
    {
        var cells = sources.Select(s => new { cell_type = "code", source = s, metadata = new { }, outputs = Array.Empty<object>() });
        var notebook = Notebook.Parse(JsonSerializer.Serialize(new { cells, metadata = new { }, nbformat = 4, nbformat_minor = 5 }));
        return (new NotebookSession().Run(notebook), notebook);
    }
}
