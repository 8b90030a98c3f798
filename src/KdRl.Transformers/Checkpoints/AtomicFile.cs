namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// Writes a file beside its place, makes sure that it is on the disk, and renames it, so that a reader sees the old file or the new
/// one, never a part, even after a crash of the machine.
/// </summary>
internal static class AtomicFile
{
    /// <param name="path">Where to.</param>
    /// <param name="size">Bytes that will be written, so that the disk's blocks are taken at once; 0: not known.</param>
    /// <param name="write">Writes them.</param>
    public static void Write(string path, long size, Action<FileStream> write)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 16, PreallocationSize = size }))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static void Write(string path, ReadOnlyMemory<byte> content) => Write(path, content.Length, stream => stream.Write(content.Span));
}
