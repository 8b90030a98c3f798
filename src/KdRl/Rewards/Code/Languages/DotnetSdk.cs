namespace KdRl.Rewards.Code;

/// <summary>The .NET SDK that a sandbox can see: one in the system's <c>/usr</c>.</summary>
/// <param name="Dotnet">The dotnet program.</param>
/// <param name="Compiler">The C# compiler, a .NET program.</param>
/// <param name="Framework">Folder of the runtime that answers are compiled against and run on.</param>
internal sealed record DotnetSdk(string Dotnet, string Compiler, string Framework)
{
    private static readonly string[] Roots = ["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet"];

    /// <summary>The newest SDK; null when there is none.</summary>
    public static DotnetSdk? Find() => Roots.Select(In).FirstOrDefault(sdk => sdk is not null);

    /// <summary>Major and minor number of the runtime.</summary>
    public Version RuntimeVersion => VersionOf(Framework);

    private static DotnetSdk? In(string root)
    {
        var compiler = Newest(Path.Combine(root, "sdk"), folder => File.Exists(Path.Combine(folder, "Roslyn", "bincore", "csc.dll")));
        var framework = Newest(Path.Combine(root, "shared", "Microsoft.NETCore.App"), folder => File.Exists(Path.Combine(folder, "System.Private.CoreLib.dll")));
        return compiler is null || framework is null ? null : new DotnetSdk(Path.Combine(root, "dotnet"), Path.Combine(compiler, "Roslyn", "bincore", "csc.dll"), framework);
    }

    private static string? Newest(string folder, Func<string, bool> isWhole) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Where(isWhole).MaxBy(VersionOf) : null;

    /// <summary>Previews count as their release.</summary>
    private static Version VersionOf(string folder) => Version.TryParse(Path.GetFileName(folder).Split('-')[0], out var version) ? version : new Version(0, 0);
}
