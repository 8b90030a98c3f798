using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Packaging;

public class PackageTests(PackedLibraries packed) : IClassFixture<PackedLibraries>
{
    private static readonly string[] Libraries = ["KdRl", "KdRl.Transformers"];

    public static TheoryData<string> Both => [.. Libraries];

    [Theory, MemberData(nameof(Both))]
    public void Package_Files_HoldLibraryDocsReadmeAndSymbols(string library)
    {
        var files = packed.Files(library);

        Assert.Contains($"lib/net10.0/{library}.dll", files);
        Assert.Contains($"lib/net10.0/{library}.xml", files);
        Assert.Contains("README.md", files);
        Assert.Contains($"lib/net10.0/{library}.pdb", packed.Files(library, "snupkg"));
    }

    [Theory, MemberData(nameof(Both))]
    public void Package_Metadata_SaysLicenceAndReadme(string library)
    {
        var metadata = packed.Metadata(library);

        Assert.Equal("MIT", metadata.Element("license")?.Value);
        Assert.Equal("README.md", metadata.Element("readme")?.Value);
        Assert.NotEmpty(metadata.Element("description")?.Value ?? "");
    }

    [Theory, MemberData(nameof(Both))]
    public void Package_Dependencies_NameNoNativeTorch(string library)
    {
        var dependencies = packed.Metadata(library).Descendants("dependency").Select(d => d.Attribute("id")!.Value).ToArray();

        Assert.Contains("TorchSharp", dependencies);
        Assert.DoesNotContain(dependencies, id => id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase)
            || id.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Package_NativeRemedy_IsTheOneThisRepositoryUses() =>
        Assert.Equal(File.ReadAllText(Repository.Path("eng", "TorchSharpGlibcxx.targets")), packed.Read("KdRl", "buildTransitive/KdRl.targets"));

    [Fact]
    public void Package_Transformers_DependsOnTheSameVersionOfKdRl() =>
        Assert.Equal(packed.Version, packed.Metadata("KdRl.Transformers").Descendants("dependency").Single(d => d.Attribute("id")!.Value == "KdRl").Attribute("version")?.Value);

    [SkippableTheory, MemberData(nameof(Both))]
    public void Package_ReferencedAlone_BuildsWithoutWarningsAndRuns(string library)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the scratch project names the libtorch of Linux");
        using var project = new ScratchProject(packed.Folder, library, packed.Version, """
            using KdRl.Tensors;
            using static TorchSharp.torch;

            using var thread = new TorchThread();
            var logProb = await thread.RunAsync(() => OutputHead.Score(zeros(1, 3), ones(4, 3), zeros(1, dtype: ScalarType.Int64)).LogProbs.item<float>());
            Console.WriteLine($"log-prob {logProb:F4}");
            """);

        var (exitCode, output) = project.Run();

        Assert.True(exitCode == 0, output);
        Assert.Contains("log-prob -1.3863", output, StringComparison.Ordinal);
    }
}
