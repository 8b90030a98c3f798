using System.Reflection;

namespace KdRl.Examples.Tests.Packaging;

/// <summary>What the project file says of the build that made these tests.</summary>
internal static class BuildFacts
{
    /// <summary>Debug or Release.</summary>
    public static string Configuration { get; } = Read("Configuration");

    /// <summary>Where NuGet keeps the packages this repository restored.</summary>
    public static string PackageCache { get; } = Read("PackageCache");

    private static string Read(string key) => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == key).Value ?? throw new InvalidOperationException($"The build recorded no {key}.");
}
