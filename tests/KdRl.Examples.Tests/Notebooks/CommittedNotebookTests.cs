using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Notebooks;

/// <summary>Runs every notebook in a process of its own, as the documentation tells readers to.</summary>
public class CommittedNotebookTests
{
    public static TheoryData<string> Notebooks => [.. Repository.Files(Repository.Path("examples", "notebooks"))
        .Where(f => Path.GetExtension(f) == ".ipynb").Select(f => Path.GetRelativePath(Repository.Root, f))];

    [Theory, MemberData(nameof(Notebooks))]
    public void Notebook_RunFromTheTop_WritesTheStoredOutputs(string notebook)
    {
        var runner = Path.Combine(AppContext.BaseDirectory, "NotebookRunner.dll");

        var (exitCode, output) = DotNet.Run(Repository.Root, runner, "--check", notebook);

        Assert.True(exitCode == 0, output);
        Assert.Matches(@"(?m)^[1-9]\d* passed, 0 failed\s*$", output);
    }
}
