namespace KdRl.TestSupport;

/// <summary>Finds the files of the repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Path of a file or folder inside the repository.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Every file under a folder that is written by hand: build output and run folders are left out.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(d => System.IO.Path.GetFileName(d) is not ("bin" or "obj" or "artifacts" or "runs" or "TestResults" or ".git" or ".vs" or ".idea"))
            .SelectMany(Files));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "KdRl.sln"))) return folder.FullName;
        throw new InvalidOperationException($"KdRl.sln is in no folder above {AppContext.BaseDirectory}; run the tests from a checkout.");
    }
}
