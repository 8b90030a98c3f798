using System.Reflection;

namespace KdRl.Training;

/// <summary>Says which build of the library wrote a file.</summary>
internal static class LibraryInfo
{
    public static string Version { get; } =
        typeof(LibraryInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
