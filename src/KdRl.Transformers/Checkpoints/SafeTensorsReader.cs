using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>An open safetensors file, or the several files of a sharded checkpoint, as one set of named tensors.</summary>
internal sealed class SafeTensorsReader : IDisposable
{
    /// <summary>Bytes moved at once: a span cannot hold more than 2 GB.</summary>
    private const int Block = 1 << 28;

    private readonly List<MappedFile> files = [];
    private readonly Dictionary<string, (string Path, MappedFile File, SafeTensorsEntry Entry, long DataStart)> tensors = [];
    private readonly string where;

    private SafeTensorsReader(string where) => this.where = where;

    /// <summary>All tensors.</summary>
    public IEnumerable<SafeTensorsEntry> Entries => tensors.Values.Select(tensor => tensor.Entry);

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <summary>Opens <c>model.safetensors</c> of a directory or, where it is absent, the files its index names.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    /// <exception cref="InvalidDataException">A file or the index is damaged.</exception>
    public static SafeTensorsReader OpenDirectory(string directory)
    {
        var single = Path.Combine(directory, WeightFiles.SingleName);
        if (File.Exists(single)) return OpenFiles(single, [single], []);
        var index = Path.Combine(directory, WeightFiles.IndexName);
        if (!File.Exists(index)) throw new FileNotFoundException($"{directory} has neither {WeightFiles.SingleName} nor {WeightFiles.IndexName}.", single);
        var map = ShardIndex.Read(index);
        return OpenFiles(index, map.Values.Distinct().Order().Select(name => Path.Combine(directory, name)), map);
    }

    /// <summary>Opens one file of any name.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static SafeTensorsReader OpenFile(string path) => OpenFiles(path, [path], []);

    private static SafeTensorsReader OpenFiles(string where, IEnumerable<string> paths, Dictionary<string, string> index)
    {
        var reader = new SafeTensorsReader(where);
        try
        {
            foreach (var path in paths) reader.Add(path);
            foreach (var (name, shard) in index)
                if (!reader.tensors.TryGetValue(name, out var found) || Path.GetFileName(found.Path) != shard)
                    throw new InvalidDataException($"{where}: says that tensor '{name}' is in {shard}, which has none of that name.");
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    private void Add(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        Dictionary<string, SafeTensorsEntry> entries;
        long start;
        try
        {
            (entries, start) = SafeTensorsHeader.Read(stream);
            files.Add(new MappedFile(stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        foreach (var entry in entries.Values)
            if (!tensors.TryAdd(entry.Name, (path, files[^1], entry, start)))
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' is also in {tensors[entry.Name].Path}.");
    }

    /// <summary>The file that holds a tensor.</summary>
    public string PathOf(string name) => Find(name).Path;

    /// <summary>Type and shape of a tensor.</summary>
    /// <exception cref="InvalidDataException">It is missing.</exception>
    public SafeTensorsEntry Entry(string name) => Find(name).Entry;

    /// <summary>Looks a tensor up and compares its shape.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public void Check(string name, long[] shape)
    {
        var (path, _, entry, _) = Find(name);
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException($"{path}: tensor '{name}' has shape [{string.Join(",", entry.Shape)}]; expected [{string.Join(",", shape)}].");
    }

    /// <summary>Some bytes of a tensor, as they are stored; valid until the reader is disposed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="offset">The first byte, counted from the tensor's start.</param>
    /// <param name="count">Number of bytes.</param>
    public ReadOnlySpan<byte> Bytes(string name, long offset, int count)
    {
        var (_, file, entry, start) = Find(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.End - entry.Begin - count);
        return file.Bytes(start + entry.Begin + offset, count);
    }

    /// <summary>Reads a tensor as it is stored.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public Tensor Read(string name, long[] shape)
    {
        Check(name, shape);
        var result = empty(shape, dtype: Entry(name).Type);
        Copy(name, result);
        return result;
    }

    /// <summary>Reads a tensor into another of its shape, contiguous; directly where type and device are the same.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public void ReadInto(string name, Tensor target)
    {
        if (target.device_type == TorchSharp.DeviceType.CPU && target.dtype == Entry(name).Type)
        {
            Check(name, target.shape);
            Copy(name, target);
        }
        else target.copy_(Read(name, target.shape));
    }

    private void Copy(string name, Tensor target)
    {
        using var flat = target.view(-1);
        var size = SafeTensorsEntry.SizeOf(target.dtype);
        for (var done = 0L; done < flat.shape[0];)
        {
            var count = (int)Math.Min(Block / size, flat.shape[0] - done);
            using var part = flat.narrow(0, done, count);
            Bytes(name, done * size, count * size).CopyTo(part.bytes);
            done += count;
        }
    }

    private (string Path, MappedFile File, SafeTensorsEntry Entry, long DataStart) Find(string name) =>
        tensors.TryGetValue(name, out var found) ? found : throw new InvalidDataException($"{where}: tensor '{name}' is missing.");

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(file => file.Dispose());
}
