namespace KdRl.TestSupport;

/// <summary>A folder that a test owns; gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
