using System.IO.Compression;
using System.Xml.Linq;
using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Packaging;

/// <summary>Both libraries, packed once for all tests into a folder of its own.</summary>
public sealed class PackedLibraries : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdrl-packages-");

    public PackedLibraries()
    {
        var (exitCode, output) = DotNet.Run(Repository.Root, "pack", "KdRl.sln", "--no-build", "-c", BuildFacts.Configuration, "-o", Folder);
        Assert.True(exitCode == 0, output);
    }

    /// <summary>The folder that holds the packages.</summary>
    public string Folder => folder.FullName;

    /// <summary>Names of the files inside a package.</summary>
    public string[] Files(string library, string extension = "nupkg")
    {
        using var package = Open(library, extension);
        return [.. package.Entries.Select(e => e.FullName)];
    }

    /// <summary>A text file inside a package.</summary>
    public string Read(string library, string file)
    {
        using var package = Open(library, "nupkg");
        using var reader = new StreamReader((package.GetEntry(file) ?? throw new FileNotFoundException($"{library} has no {file}.")).Open());
        return reader.ReadToEnd();
    }

    /// <summary>The metadata of a package, without its namespace.</summary>
    public XElement Metadata(string library)
    {
        var root = XElement.Parse(Read(library, $"{library}.nuspec"));
        foreach (var element in root.DescendantsAndSelf()) element.Name = element.Name.LocalName;
        return root.Element("metadata")!;
    }

    /// <summary>The version both packages carry.</summary>
    public string Version => Metadata("KdRl").Element("version")!.Value;

    public void Dispose() => folder.Delete(recursive: true);

    private ZipArchive Open(string library, string extension) =>
        ZipFile.OpenRead(Directory.GetFiles(Folder, $"{library}.*.{extension}").Single(f => char.IsDigit(Path.GetFileName(f)[library.Length + 1])));
}
