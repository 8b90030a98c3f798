using System.Globalization;
using System.Text.Json;

namespace KdRl.Training;

/// <summary>
/// A folder of checkpoints <c>step-N</c>. One is written beside under a temporary name, flushed, and renamed; a manifest with sizes and
/// SHA-256 tells a complete one from a torn one.
/// </summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";
    private const string Temporary = ".tmp-";
    private readonly string folder;

    /// <summary>Opens the folder, which need not exist yet.</summary>
    /// <param name="folder">Holds one folder a checkpoint.</param>
    public CheckpointStore(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        this.folder = folder;
    }

    /// <summary>Steps of the folders present, oldest first, torn ones included.</summary>
    public IReadOnlyList<long> Steps => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateDirectories(folder).Select(StepOf).OfType<long>().Order()];

    /// <summary>Where the checkpoint of a step is or would be.</summary>
    public string PathOf(long step) => Path.Combine(folder, Prefix + step.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a checkpoint and removes the oldest beyond a number to keep. A complete one of the same step is left as it is.</summary>
    /// <param name="step">Steps completed.</param>
    /// <param name="write">Fills the empty folder it is given.</param>
    /// <param name="keepLast">How many checkpoints stay, this one included; at least 1.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="IOException">A file cannot be written; it is named. Those of this checkpoint are removed, earlier ones stay.</exception>
    public string Save(long step, Action<string> write, int keepLast)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        Directory.CreateDirectory(folder);
        RemoveLeftovers();
        var final = PathOf(step);
        if (Directory.Exists(final))
        {
            if (CheckpointManifest.Fault(final) is null) return final;
            Discard(final);
        }

        var beside = Path.Combine(folder, $"{Temporary}{Prefix}{step}");
        try { Fill(beside, step, write); }
        catch
        {
            // On a full disk this is also what lets the run go on once there is room.
            Directory.Delete(beside, recursive: true);
            throw;
        }

        Directory.Move(beside, final);
        DurableFiles.FlushFolder(folder);
        foreach (var old in Steps.Where(s => s < step).Reverse().Skip(keepLast - 1)) Discard(PathOf(old));
        return final;
    }

    /// <summary>Folder of the newest complete checkpoint; null when there is none. Torn ones are passed over.</summary>
    /// <param name="torn">Says which folders were passed over, and why.</param>
    public string? Newest(out IReadOnlyList<string> torn)
    {
        var faults = new List<string>();
        torn = faults;
        foreach (var step in Steps.Reverse())
        {
            var path = PathOf(step);
            if (CheckpointManifest.Fault(path) is not { } fault) return path;
            faults.Add($"{path}: {fault}");
        }

        return null;
    }

    /// <summary>Refuses a torn checkpoint.</summary>
    /// <param name="path">The checkpoint's folder.</param>
    /// <exception cref="InvalidDataException">A file is missing or differs from the manifest.</exception>
    public static void Verify(string path)
    {
        if (CheckpointManifest.Fault(path) is { } fault) throw new InvalidDataException($"{path} is not a complete checkpoint: {fault}.");
    }

    private static void Fill(string beside, long step, Action<string> write)
    {
        Directory.CreateDirectory(beside);
        write(beside);
        var manifest = CheckpointManifest.Of(beside, step);
        File.WriteAllText(Path.Combine(beside, CheckpointManifest.FileName), JsonSerializer.Serialize(manifest, RunJson.Indented));
        foreach (var file in Directory.EnumerateFiles(beside, "*", SearchOption.AllDirectories)) DurableFiles.FlushFile(file);
        foreach (var inner in Directory.EnumerateDirectories(beside, "*", SearchOption.AllDirectories).Append(beside)) DurableFiles.FlushFolder(inner);
    }

    // Renamed first, so that a removal that is interrupted leaves nothing that looks like a checkpoint.
    private void Discard(string path)
    {
        var away = Path.Combine(folder, $"{Temporary}old-{Path.GetFileName(path)}");
        Directory.Move(path, away);
        Directory.Delete(away, recursive: true);
    }

    private void RemoveLeftovers()
    {
        foreach (var path in Directory.EnumerateDirectories(folder, Temporary + "*")) Directory.Delete(path, recursive: true);
    }

    private static long? StepOf(string path)
    {
        var name = Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(name[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : null;
    }
}
