using System.Text.RegularExpressions;
using KdRl.TestSupport;

namespace KdRl.Tests.Architecture;

/// <summary>What every file of the repository keeps to.</summary>
public class SourceTests
{
    private const int LineLimit = 320;

    /// <summary>Written in pieces where this file would otherwise find itself.</summary>
    private static readonly Regex Unfinished = new(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + @"Exception|catch\s*(\([^)]*\))?\s*(when\s*\([^)]*\)\s*)?\{\s*\}");

    private static readonly Regex MachineBound = new(
        @"(?<![\w.:/])/(home|root|work|Users)/\w|[A-Z]:\\Users\\|/v3/index" + @"\.json|nuget" + @"\.org", RegexOptions.IgnoreCase);

    private static readonly Regex TopLevelType = new(
        @"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|record struct|record class|record|struct|interface|enum|delegate [\w<>\[\]?,. ]+?)\s+(\w+)",
        RegexOptions.Multiline);

    private static readonly Regex Test = new(@"^\s*\[(Skippable)?(Fact|Theory|Property)\b", RegexOptions.Multiline);

    [Fact]
    public void Files_Length_StaysReadable()
    {
        var tooLong = CSharpFiles().Where(f => File.ReadLines(f).Count() > LineLimit).Select(Relative);

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Files_Text_LeavesNothingUnfinished()
    {
        var unfinished = from file in CSharpFiles()
                         from Match match in Unfinished.Matches(File.ReadAllText(file))
                         select $"{Relative(file)}: {match.Value}";

        Assert.Empty(unfinished);
    }

    [Fact]
    public void LibraryFiles_Types_AreOneAFileAndNamedLikeIt()
    {
        var odd = from file in LibraryFiles()
                  let types = TopLevelType.Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Distinct().ToArray()
                  let name = Path.GetFileNameWithoutExtension(file).Split('.')[0]
                  where types.Length != 1 || types[0] != name
                  select $"{Relative(file)}: {string.Join(", ", types)}";

        Assert.Empty(odd);
    }

    [Fact]
    public void LibraryFiles_Namespace_LeadsToTheFolder()
    {
        // A part may sort its files into folders without making its users write longer names.
        var odd = from file in LibraryFiles()
                  let folder = Path.GetRelativePath(Repository.Path("src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.')
                  let name = Regex.Match(File.ReadAllText(file), @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value
                  where !$"{folder}.".StartsWith($"{name}.", StringComparison.Ordinal) || (name == "KdRl" && folder != "KdRl")
                  select $"{Relative(file)}: {name}";

        Assert.Empty(odd);
    }

    [Theory]
    [InlineData("KdRl")]
    [InlineData("KdRl.Transformers")]
    public void TestFolders_Layout_MirrorsTheLibrary(string library)
    {
        string[] ofTheTestsAlone = ["Architecture", "Golden"];
        var stray = Directory.EnumerateDirectories(Repository.Path("tests", $"{library}.Tests"), "*", SearchOption.AllDirectories)
            .Select(d => Path.GetRelativePath(Repository.Path("tests", $"{library}.Tests"), d))
            .Where(d => d.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj" or "TestResults"))
            .Where(d => !ofTheTestsAlone.Contains(d) && !Directory.Exists(Repository.Path("src", library, d)));

        Assert.Empty(stray);
    }

    [Theory]
    [InlineData("KdRl")]
    [InlineData("KdRl.Transformers")]
    public void LibraryFolders_Tests_ExistForEachPart(string library)
    {
        var untested = Directory.EnumerateDirectories(Repository.Path("src", library)).Select(d => Path.GetFileName(d))
            .Where(d => d is not ("bin" or "obj") && !Directory.Exists(Repository.Path("tests", $"{library}.Tests", d)));

        Assert.Empty(untested);
    }

    [Fact]
    public void TestClasses_WithTensors_RunInTheTorchCollection()
    {
        var stray = from file in CSharpFiles()
                    where Relative(file).StartsWith("tests", StringComparison.Ordinal)
                    let text = File.ReadAllText(file)
                    where Test.IsMatch(text) && Regex.IsMatch(text, "^using (static )?TorchSharp", RegexOptions.Multiline)
                    where !text.Contains("[Collection(\"torch\")]", StringComparison.Ordinal)
                    select Relative(file);

        Assert.Empty(stray);
    }

    [Fact]
    public void Files_Text_NamesNoMachineAndNoRegistry()
    {
        string[] text = [".cs", ".csproj", ".props", ".targets", ".config", ".json", ".md", ".ipynb", ".sh", ".txt", ".sln", ""];
        var bound = from file in Repository.Files(Repository.Root)
                    where text.Contains(Path.GetExtension(file))
                    from Match match in MachineBound.Matches(File.ReadAllText(file))
                    select $"{Relative(file)}: {match.Value}";

        Assert.Empty(bound);
    }

    [Fact]
    public void LibraryProjects_Packages_LeaveTheNativesToPrograms()
    {
        var native = from project in Directory.EnumerateFiles(Repository.Path("src"), "*.csproj", SearchOption.AllDirectories)
                     from Match match in Regex.Matches(File.ReadAllText(project), @"Include=""(libtorch|TorchSharp-)[^""]*""", RegexOptions.IgnoreCase)
                     select $"{Relative(project)}: {match.Value}";

        Assert.Empty(native);
    }

    private static IEnumerable<string> LibraryFiles() => Repository.Files(Repository.Path("src"))
        .Where(f => Path.GetExtension(f) == ".cs" && Path.GetFileName(f) != "Usings.cs");

    private static IEnumerable<string> CSharpFiles() => ((string[])["src", "tests", "examples"])
        .SelectMany(folder => Repository.Files(Repository.Path(folder))).Where(f => Path.GetExtension(f) == ".cs");

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);
}
