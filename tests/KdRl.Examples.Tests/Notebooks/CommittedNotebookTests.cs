using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Notebooks;

/// <summary>Runs every notebook in a process of its own, as the documentation tells readers to.</summary>
public class CommittedNotebookTests
{
    public static TheoryData<string> Notebooks => [.. Repository.Files(Repository.Path("examples", "notebooks"))
        .Where(f => Path.GetExtension(f) == ".ipynb").Select(f => Path.GetRelativePath(Repository.Root, f))];

    [SkippableTheory, MemberData(nameof(Notebooks))]
    public void Notebook_RunFromTheTop_WritesTheStoredOutputs(string notebook)
    {
        // The runner inherits where the data is.
        if (File.ReadAllText(Repository.Path(notebook)).Contains("KDRL_SHARED_DATA", StringComparison.Ordinal))
            Environment.SetEnvironmentVariable("KDRL_SHARED_DATA", Path.GetDirectoryName(SharedData.Path("gsm8k")));
        var runner = Path.Combine(AppContext.BaseDirectory, "NotebookRunner.dll");

        var (exitCode, output) = DotNet.Run(Repository.Root, runner, "--check", notebook);

        Assert.True(exitCode == 0, output);
        Assert.Matches(@"(?m)^[1-9]\d* passed, 0 failed\s*$", output);
    }
}
