using KdRl.TestSupport;

namespace KdRl.Examples.Tests.Packaging;

public class PackageTests(PackedLibraries packed) : IClassFixture<PackedLibraries>
{
    private static readonly string[] Libraries = ["KdRl", "KdRl.Transformers"];

    public static TheoryData<string> Both => [.. Libraries];

    [Fact]
    public void Pack_Solution_GivesTheTwoLibrariesAndTheirSymbols() =>
        Assert.Equal(
            [.. Libraries.SelectMany(l => (string[])[$"{l}.{packed.Version}.nupkg", $"{l}.{packed.Version}.snupkg"]).Order(StringComparer.Ordinal)],
            Directory.EnumerateFiles(packed.Folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

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
            using KdRl.Distillation;
            using KdRl.Tensors;
            using static TorchSharp.torch;

            using var thread = new TorchThread();
            var k2 = await thread.RunAsync(() => ReverseKl.Estimate(tensor(new[] { -1f }), tensor(new[] { -3f }), KlEstimator.K2).item<float>());
            Console.WriteLine($"k2 = {k2:F4}");
            """);

        var (exitCode, output) = project.Run();

        Assert.True(exitCode == 0, output);
        Assert.Contains("k2 = 2.0000", output, StringComparison.Ordinal);
    }
}
