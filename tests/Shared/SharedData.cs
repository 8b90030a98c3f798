namespace KdRl.TestSupport;

/// <summary>Finds the real data that some tests use; they are skipped where it is absent.</summary>
public static class SharedData
{
    private static readonly string? Root = Find();

    /// <summary>Path of a file or folder of the shared data; skips the calling test when it is not there.</summary>
    public static string Path(params string[] parts)
    {
        Skip.If(Root is null, "shared data not found: set KDRL_SHARED_DATA to its folder");
        var path = System.IO.Path.Combine([Root!, .. parts]);
        Skip.IfNot(File.Exists(path) || Directory.Exists(path), $"shared data has no {string.Join('/', parts)}");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("KDRL_SHARED_DATA") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(System.IO.Path.Combine(folder.FullName, "shared", "data"))) return System.IO.Path.Combine(folder.FullName, "shared", "data");
        return null;
    }
}
