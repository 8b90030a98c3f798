using System.Text.Json;
using System.Text.RegularExpressions;
using KdRl.Notebooks;
using KdRl.TestSupport;
using KdRl.Transformers;

namespace KdRl.Examples.Tests.Documentation;

[Collection("torch")]
public partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.Path("README.md"));

    [Fact]
    public void Readme_TrainingExample_CompilesAndTrains()
    {
        var block = Assert.Single(Fenced("csharp"), b => b.Contains("KdrlTrainer(", StringComparison.Ordinal));
        Assert.Contains("Steps = 100,", block, StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("kdrl-readme-");
        try
        {
            SaveModel(Path.Combine(folder.FullName, "models", "student"), seed: 1);
            SaveModel(Path.Combine(folder.FullName, "models", "teacher"), seed: 2);

            var output = Run(block.Replace("Steps = 100,", "Steps = 2,", StringComparison.Ordinal)
                .Replace("\"models/", $"\"{folder.FullName}/models/", StringComparison.Ordinal)
                .Replace("\"runs/", $"\"{folder.FullName}/runs/", StringComparison.Ordinal));

            Assert.Contains("step 2: reward", output, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder.FullName, "runs", "first", "metrics.jsonl")), output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Readme_ObjectiveExample_CompilesAndRuns()
    {
        var block = Assert.Single(Fenced("csharp"), b => b.Contains("KdrlObjective(", StringComparison.Ordinal));

        Assert.Contains("distillation/mean_d = ", Run(block), StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_CodeExamples_FitOnAScreen() => Assert.All(Fenced("csharp"), block => Assert.InRange(block.Split('\n').Length, 1, 40));

    [Fact]
    public void Readme_Commands_NameProjectsThatExist()
    {
        var paths = Command().Matches(Readme).Select(m => m.Groups[1].Value).Distinct().ToArray();

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(File.Exists(Repository.Path(path)) || Directory.Exists(Repository.Path(path)), path));
    }

    [Fact]
    public void Readme_Filters_FindTests()
    {
        var tests = Repository.Files(Repository.Path("tests")).Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .Select(f => $"{Namespace().Match(File.ReadAllText(f)).Groups[1].Value}.{Path.GetFileNameWithoutExtension(f)}").ToArray();
        var filters = Filter().Matches(Readme).Select(m => m.Groups[1].Value).ToArray();

        Assert.NotEmpty(filters);
        Assert.All(filters, filter => Assert.Contains(tests, name => name.Contains(filter, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/objectives.md")]
    [InlineData("docs/runs.md")]
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

    /// <summary>Runs a program as a cell and gives what it printed; its statements become a method, as they would be in a program.</summary>
    private static string Run(string program)
    {
        var lines = program.Split('\n');
        string[] usings = [.. lines.Where(l => Directive().IsMatch(l))];
        var source = $"{string.Join('\n', usings)}\nasync Task Program()\n{{\n{string.Join('\n', lines.Where(l => !Directive().IsMatch(l)))}\nawait Task.CompletedTask;\n}}\nawait Program();";
        var notebook = Notebook.Parse(JsonSerializer.Serialize(new { cells = new[] { new { cell_type = "code", source } } }));

        var result = Assert.Single(new NotebookSession().Run(notebook));

        Assert.Null(result.Error);
        return notebook.CodeCells[0].TextOutputs;
    }

    private static void SaveModel(string directory, long seed)
    {
        var tokenizer = Tokenizer.FromCharacters("0123456789+=.", endToken: ".");
        using var model = CausalLM.Create(
            new TransformerConfig { HiddenSize = 16, IntermediateSize = 32, Layers = 1, AttentionHeads = 2, VocabularySize = tokenizer.VocabularySize }, seed);
        model.Tokenizer = tokenizer;
        model.SavePretrained(directory);
    }

    private static IEnumerable<string> Fenced(string language) =>
        Regex.Matches(Readme, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value.TrimEnd());

    /// <summary>The project or solution that a command of the README is about.</summary>
    [GeneratedRegex(@"dotnet (?:run -c Release --project|test|build) ([\w./]+)")]
    private static partial Regex Command();

    /// <summary>The namespace of a file.</summary>
    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    /// <summary>The word that a test command selects by.</summary>
    [GeneratedRegex(@"--filter (\w+)")]
    private static partial Regex Filter();

    /// <summary>A directive that names a namespace; a <c>using var</c> is not one.</summary>
    [GeneratedRegex(@"^using (static )?[\w.]+;")]
    private static partial Regex Directive();

    /// <summary>A relative link.</summary>
    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
