using KdRl.TestSupport;
using KdRl.Training;

namespace KdRl.Tests.Training.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Save_Several_KeepsTheLast()
    {
        var store = new CheckpointStore(folder.Path);

        foreach (var step in new long[] { 1, 2, 9, 10, 11 }) store.Save(step, Fill, keepLast: 3);

        Assert.Equal([9, 10, 11], store.Steps);
        Assert.Equal(store.PathOf(11), store.Newest(out var torn));
        Assert.Empty(torn);
    }

    [Fact]
    public void Newest_TornFile_FallsBackAndSaysWhy()
    {
        var store = new CheckpointStore(folder.Path);
        store.Save(1, Fill, 3);
        var file = Path.Combine(store.Save(2, Fill, 3), "inner", "b.bin");
        var bytes = File.ReadAllBytes(file);
        bytes[1] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal(store.PathOf(1), store.Newest(out var torn));
        Assert.Contains("SHA-256", Assert.Single(torn), StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => CheckpointStore.Verify(store.PathOf(2)));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("a.txt")]
    public void Newest_MissingFile_FallsBack(string name)
    {
        var store = new CheckpointStore(folder.Path);
        store.Save(1, Fill, 3);
        File.Delete(Path.Combine(store.Save(2, Fill, 3), name));

        Assert.Equal(store.PathOf(1), store.Newest(out _));
    }

    [Fact]
    public void Newest_ShortFile_FallsBack()
    {
        var store = new CheckpointStore(folder.Path);
        store.Save(1, Fill, 3);
        File.WriteAllText(Path.Combine(store.Save(2, Fill, 3), "a.txt"), "");

        Assert.Equal(store.PathOf(1), store.Newest(out _));
    }

    [Fact]
    public void Save_WriterFails_LeavesOnlyWhatWasThere()
    {
        var store = new CheckpointStore(folder.Path);
        store.Save(1, Fill, 3);

        Assert.Throws<IOException>(() => store.Save(2, path =>
        {
            Fill(path);
            throw new IOException("disk full");
        }, 3));

        Assert.Equal(store.PathOf(1), store.Newest(out var torn));
        Assert.Empty(torn);
        Assert.Equal([store.PathOf(1)], Directory.GetFileSystemEntries(folder.Path));
        store.Save(2, Fill, 3);
        Assert.Equal([1, 2], store.Steps);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void Save_TornOneOfTheSameStep_IsReplaced()
    {
        var store = new CheckpointStore(folder.Path);
        File.Delete(Path.Combine(store.Save(2, Fill, 3), "a.txt"));

        store.Save(2, Fill, 3);

        Assert.Equal(store.PathOf(2), store.Newest(out _));
    }

    public void Dispose() => folder.Dispose();

    private static void Fill(string path)
    {
        File.WriteAllText(Path.Combine(path, "a.txt"), "text");
        Directory.CreateDirectory(Path.Combine(path, "inner"));
        File.WriteAllBytes(Path.Combine(path, "inner", "b.bin"), [1, 2, 3]);
    }
}
