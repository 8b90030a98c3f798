using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>An open safetensors file, or the several files of a sharded checkpoint, as one set of named tensors.</summary>
internal sealed class SafeTensorsReader : IDisposable
{
    /// <summary>Bytes moved per read: a span cannot hold more than 2 GB.</summary>
    private const long Block = 1 << 28;

    private readonly List<FileStream> files = [];
    private readonly Dictionary<string, (FileStream File, SafeTensorsEntry Entry, long DataStart)> tensors = [];

    /// <summary>Names of all tensors.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>Opens <c>model.safetensors</c> of a directory or, where it is absent, the files its index names.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    /// <exception cref="InvalidDataException">A file or the index is damaged.</exception>
    public static SafeTensorsReader OpenDirectory(string directory)
    {
        var single = Path.Combine(directory, "model.safetensors");
        if (File.Exists(single)) return OpenFiles([single], null);
        var index = Path.Combine(directory, "model.safetensors.index.json");
        if (!File.Exists(index)) throw new FileNotFoundException($"{directory} has neither model.safetensors nor model.safetensors.index.json.", single);
        var map = ShardIndex.Read(index);
        return OpenFiles(map.Values.Distinct().Order().Select(name => Path.Combine(directory, name)), map);
    }

    private static SafeTensorsReader OpenFiles(IEnumerable<string> paths, Dictionary<string, string>? index)
    {
        var reader = new SafeTensorsReader();
        try
        {
            foreach (var path in paths) reader.Add(path);
            foreach (var (name, shard) in index ?? [])
                if (!reader.tensors.TryGetValue(name, out var found) || Path.GetFileName(found.File.Name) != shard)
                    throw new InvalidDataException($"{shard}: has no tensor '{name}', which the index places there.");
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
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        files.Add(file);
        var (entries, start) = SafeTensorsHeader.Read(file);
        foreach (var entry in entries.Values)
            if (!tensors.TryAdd(entry.Name, (file, entry, start)))
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' is also in {tensors[entry.Name].File.Name}.");
    }

    /// <summary>Reads a tensor as it is stored.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public Tensor Read(string name, long[] shape)
    {
        if (!tensors.TryGetValue(name, out var found))
            throw new InvalidDataException($"{files[0].Name}: tensor '{name}' is missing.");
        var (file, entry, start) = found;
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            throw new InvalidDataException($"{file.Name}: tensor '{name}' has shape [{string.Join(",", entry.Shape)}]; the configuration needs [{string.Join(",", shape)}].");
        var result = empty(entry.Shape, dtype: entry.Type);
        using var flat = result.view(-1);
        var size = SafeTensorsEntry.SizeOf(entry.Type);
        for (var done = 0L; done < flat.shape[0];)
        {
            var count = Math.Min(Block / size, flat.shape[0] - done);
            using var part = flat.narrow(0, done, count);
            var bytes = part.bytes;
            for (var at = 0; at < bytes.Length;)
            {
                var got = RandomAccess.Read(file.SafeFileHandle, bytes[at..], start + entry.Begin + done * size + at);
                if (got == 0) throw new InvalidDataException($"{file.Name}: ends inside tensor '{name}'.");
                at += got;
            }
            done += count;
        }
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(file => file.Dispose());
}
