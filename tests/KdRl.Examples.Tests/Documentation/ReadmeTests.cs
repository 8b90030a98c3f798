using System.Text.Json;
using System.Text.RegularExpressions;
using KdRl.Notebooks;
using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Documentation;

[Collection("torch")]
public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.Path("README.md"));

    [Fact]
    public void Readme_CodeExample_CompilesAndRuns()
    {
        var blocks = Fenced("csharp").ToArray();
        var cells = blocks.Select(source => new { cell_type = "code", source, metadata = new { }, outputs = Array.Empty<object>() });
        var notebook = Notebook.Parse(JsonSerializer.Serialize(new { cells }));

        var results = new NotebookSession().Run(notebook);

        Assert.NotEmpty(blocks);
        Assert.All(results, r => Assert.Null(r.Error));
        Assert.Contains("distillation/mean_d", notebook.CodeCells[0].TextOutputs, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_CodeExample_FitsOnAScreen() => Assert.All(Fenced("csharp"), block => Assert.InRange(block.Split('\n').Length, 1, 25));

    [Fact]
    public void Readme_Commands_NameProjectsThatExist()
    {
        var paths = Command().Matches(Readme).Select(m => m.Groups[1].Value).Distinct().ToArray();

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(File.Exists(Repository.Path(path)) || Directory.Exists(Repository.Path(path)), path));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/objectives.md")]
    public void Document_Links_LeadToFiles(string document)
    {
        var folder = Path.GetDirectoryName(Repository.Path(document))!;
        var links = Link().Matches(File.ReadAllText(Repository.Path(document))).Select(m => m.Groups[1].Value);

        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(folder, link)), link));
    }

    [Fact]
    public void MachineCommand_Tests_RunTheCommandOfTheReadme()
    {
        var command = Regex.Match(Readme, "dotnet test KdRl.sln[^#\n]*").Value.TrimEnd();

        Assert.NotEmpty(command);
        Assert.Contains(command, File.ReadAllText(Repository.Path(".ci", "run")), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Fenced(string language) =>
        Regex.Matches(Readme, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value.TrimEnd());

    /// <summary>The project or solution that a command of the README is about.</summary>
    [GeneratedRegex(@"dotnet (?:run -c Release --project|test|build) ([\w./]+)")]
    private static partial Regex Command();

    /// <summary>A relative link.</summary>
    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
