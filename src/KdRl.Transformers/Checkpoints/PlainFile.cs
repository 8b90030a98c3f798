namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Opens the files of a checkpoint, ordinary ones only: unpacked from an archive, a name may lead to a device or a pipe, which never ends.
/// Links to ordinary files are followed; Hugging Face's cache is made of them.
/// </summary>
internal static class PlainFile
{
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is empty or no ordinary file.</exception>
    public static FileStream Open(string path)
    {
        // Seen before it is opened, because that alone waits for ever at a pipe. Devices and pipes have no length.
        var file = Target(path);
        if (!file.Exists && !Directory.Exists(file.FullName)) throw new FileNotFoundException($"Could not find file '{path}'.", path);
        if (!file.Exists || file.Length == 0) throw new InvalidDataException($"{path}: is empty or no ordinary file.");
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
    }

    /// <inheritdoc cref="Open"/>
    public static byte[] ReadAllBytes(string path)
    {
        using var file = Open(path);
        if (file.Length > Array.MaxLength) throw new InvalidDataException($"{path}: has {file.Length} bytes; expected at most {Array.MaxLength}.");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static FileInfo Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        }
        // Links that lead to each other.
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new InvalidDataException($"{path}: is no ordinary file: {e.Message}", e);
        }
    }
}
