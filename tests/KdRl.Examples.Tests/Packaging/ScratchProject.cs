namespace KdRl.Examples.Tests.Packaging;

/// <summary>A console project outside the repository that knows the library only as a package.</summary>
internal sealed class ScratchProject : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kdrl-scratch-");

    /// <param name="packages">Folder that serves as a package source beside the user's own.</param>
    /// <param name="library">The one KdRl package that is referenced.</param>
    /// <param name="version">Its version.</param>
    /// <param name="program">Text of <c>Program.cs</c>.</param>
    public ScratchProject(string packages, string library, string version, string program)
    {
        Write("nuget.config", $"""
            <configuration>
              <packageSources><add key="packed" value="{packages}" /></packageSources>
            </configuration>
            """);
        // The restored package goes to a cache of its own: a machine's cache would hand an older build of this version to later runs.
        Write("Scratch.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestorePackagesPath>$(MSBuildThisFileDirectory)packages</RestorePackagesPath>
                <RestoreFallbackFolders>{BuildFacts.PackageCache}</RestoreFallbackFolders>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{library}" Version="{version}" />
                <PackageReference Include="libtorch-cpu-linux-x64" Version="2.10.0" />
              </ItemGroup>
            </Project>
            """);
        Write("Program.cs", program);
    }

    /// <summary>Builds and runs the program.</summary>
    public (int ExitCode, string Output) Run()
    {
        var build = DotNet.Run(folder.FullName, "build", "-c", "Release", "--nologo");
        return build.ExitCode == 0 ? DotNet.Run(folder.FullName, "run", "-c", "Release", "--no-build") : build;
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);
}
