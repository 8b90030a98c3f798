using System.Diagnostics;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tests.Checkpoints;

/// <summary>What an archive can put in the place of a checkpoint's file.</summary>
public sealed class PlainFileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    private string Name => Path.Combine(directory, "config.json");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void ReadAllBytes_FileAndLinksToIt_GiveItsContent()
    {
        File.WriteAllText(Name, "{}");
        File.CreateSymbolicLink(Path.Combine(directory, "a"), Name);
        File.CreateSymbolicLink(Path.Combine(directory, "b"), "a");
        foreach (var name in new[] { "config.json", "a", "b" }) Assert.Equal("{}"u8.ToArray(), PlainFile.ReadAllBytes(Path.Combine(directory, name)));
    }

    [SkippableTheory]
    [InlineData("/dev/zero")]
    [InlineData("/proc/self/environ")]
    [InlineData("config.json")]
    [InlineData(".")]
    public void ReadAllBytes_LinkToNoFile_IsRefused(string target)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux's devices");
        File.CreateSymbolicLink(Name, target);
        Assert.Contains(Name, Assert.Throws<InvalidDataException>(() => PlainFile.ReadAllBytes(Name)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ReadAllBytes_Pipe_IsRefusedInsteadOfWaitedFor()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs mkfifo");
        using (var make = Process.Start("mkfifo", Name)) make.WaitForExit();
        Assert.Throws<InvalidDataException>(() => PlainFile.ReadAllBytes(Name));
    }

    [Fact]
    public void ReadAllBytes_DirectoryOrNothingOrEmpty_IsRefused()
    {
        Assert.Throws<InvalidDataException>(() => PlainFile.ReadAllBytes(directory));
        Assert.Throws<FileNotFoundException>(() => PlainFile.ReadAllBytes(Name));
        File.CreateSymbolicLink(Name, "absent");
        Assert.Throws<FileNotFoundException>(() => PlainFile.ReadAllBytes(Name));
        File.Delete(Name);
        File.WriteAllText(Name, "");
        Assert.Throws<InvalidDataException>(() => PlainFile.ReadAllBytes(Name));
    }
}
