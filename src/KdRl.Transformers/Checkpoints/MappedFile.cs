using System.IO.MemoryMappedFiles;

namespace KdRl.Transformers.Checkpoints;

/// <summary>
/// A file as memory: what is used once, such as a source of a merge, is seen in the page cache without a buffer between. What is kept
/// is copied by <see cref="Read"/>, which saves the page faults of a mapping. The file must not be shortened
/// while it is open; this library never does so, because it writes files beside and renames them.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly FileStream file;
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;

    /// <param name="file">The open file, not empty; the mapping takes it over.</param>
    public MappedFile(FileStream file)
    {
        (this.file, Length) = (file, file.Length);
        map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    /// <summary>Bytes in the file.</summary>
    public long Length { get; }

    /// <summary>Some bytes of the file; valid until this is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the file.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    /// <summary>Fills memory with the bytes from an offset on. May be called from several threads at once.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public void Read(long offset, Span<byte> target)
    {
        for (var done = 0; done < target.Length;)
        {
            var count = RandomAccess.Read(file.SafeFileHandle, target[done..], offset + done);
            if (count == 0) throw new InvalidDataException($"{file.Name}: ends at {offset + done} bytes, {Length} when it was opened.");
            done += count;
        }
    }

    public void Dispose()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }
}
