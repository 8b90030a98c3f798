using System.Security.Cryptography;
using System.Text.Json;

namespace KdRl.Training;

/// <summary>The files of a checkpoint with their sizes and hashes, written last: without it, or against it, a checkpoint is torn.</summary>
/// <param name="Step">Steps completed.</param>
/// <param name="LibraryVersion">The version that wrote it.</param>
/// <param name="Files">Every other file of the checkpoint.</param>
internal sealed record CheckpointManifest(long Step, string LibraryVersion, IReadOnlyList<CheckpointFile> Files)
{
    public const string FileName = "manifest.json";

    /// <summary>Lists the files of a folder.</summary>
    public static CheckpointManifest Of(string folder, long step) => new(step, LibraryInfo.Version,
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => Path.GetFileName(path) != FileName)
            .Select(path => new CheckpointFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), new FileInfo(path).Length, Hash(path)))]);

    /// <summary>Why a folder is not the complete checkpoint it should be; null when it is.</summary>
    public static string? Fault(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return $"{FileName} is missing";
        CheckpointManifest? manifest;
        try { manifest = JsonSerializer.Deserialize<CheckpointManifest>(File.ReadAllText(path), RunJson.Indented); }
        catch (JsonException e) { return $"{FileName} cannot be read: {e.Message}"; }
        if (manifest?.Files is null) return $"{FileName} lists no files";
        foreach (var file in manifest.Files)
        {
            var found = new FileInfo(Path.Combine(folder, file.Path));
            if (!found.Exists) return $"{file.Path} is missing";
            if (found.Length != file.Bytes) return $"{file.Path} has {found.Length} bytes, expected {file.Bytes}";
            if (Hash(found.FullName) != file.Sha256) return $"{file.Path} has another SHA-256 than the manifest";
        }

        return null;
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
