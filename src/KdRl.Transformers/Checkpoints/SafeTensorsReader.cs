using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>An open safetensors file, or the several files of a sharded checkpoint, as one set of named tensors.</summary>
internal sealed unsafe class SafeTensorsReader : IDisposable
{
    /// <summary>Bytes moved at once: few enough to stay in the cache.</summary>
    private const int Block = 1 << 20;

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
        if (map.FirstOrDefault(entry => !File.Exists(Path.Combine(directory, entry.Value))) is { Value: { } absent, Key: var tensor })
            throw new InvalidDataException($"{index}: says that tensor '{tensor}' is in {absent}, which is not there.");
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
        var stream = PlainFile.Open(path);
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
        ReadInto([(name, result, null)]);
        return result;
    }

    /// <summary>Reads tensors into their place, on as many threads as torch computes with.</summary>
    /// <param name="tensors">
    /// Names, and where each goes: contiguous, on the CPU, as many numbers of a type that <see cref="CanRead"/>, and the width of a head
    /// when rows half a head apart become neighbours, else null.
    /// </param>
    public void ReadInto(IEnumerable<(string Name, Tensor Target, int? RotaryHeadDim)> tensors)
    {
        List<StoredBlock> blocks = [];
        foreach (var (name, target, headDim) in tensors.Where(tensor => tensor.Target.numel() > 0))
        {
            var (_, file, entry, start) = Find(name);
            var (memory, size, widens) = ((nint)TensorMemory.Start(target), entry.End - entry.Begin, target.dtype != entry.Type);
            var rowBytes = headDim is null ? 1 : size / entry.Shape[0];
            // Whole heads, whole numbers.
            var unit = headDim * rowBytes ?? sizeof(double);
            var step = Math.Max(unit, Block / unit * unit);
            for (var done = 0L; done < size; done += step)
            {
                var count = (int)Math.Min(step, size - done);
                blocks.Add(new StoredBlock(file, start + entry.Begin + done, count, memory + (nint)(widens ? 2 * done : done), headDim is null ? count : (int)rowBytes, headDim, widens));
            }
        }
        try
        {
            Parallel.ForEach(blocks, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, block => block.Load());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    /// <summary>Whether <see cref="ReadInto"/> can bring the tensor into memory of a type.</summary>
    public bool CanRead(string name, ScalarType type) => Entry(name).Type == type || (Entry(name).Type == ScalarType.BFloat16 && type == ScalarType.Float32);

    /// <summary>Reads a tensor into another of any type, layout and device, by way of a small buffer that stays in the cache.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="target">As many numbers, in the stored order.</param>
    public void Convert(string name, Tensor target)
    {
        if (target.numel() == 0) return;
        var (_, file, entry, start) = Find(name);
        var rows = target.dim() == 0 ? target.unsqueeze(0) : target;
        var rowBytes = (entry.End - entry.Begin) / rows.shape[0];
        var step = Math.Clamp(Block / rowBytes, 1, rows.shape[0]);
        using var buffer = empty([step, .. rows.shape[1..]], dtype: entry.Type);
        for (var done = 0L; done < rows.shape[0]; done += step)
        {
            var count = Math.Min(step, rows.shape[0] - done);
            using var part = buffer.narrow(0, 0, count);
            using var place = rows.narrow(0, done, count);
            file.Read(start + entry.Begin + done * rowBytes, part.bytes);
            place.copy_(part);
        }
    }

    private (string Path, MappedFile File, SafeTensorsEntry Entry, long DataStart) Find(string name) =>
        tensors.TryGetValue(name, out var found) ? found : throw new InvalidDataException($"{where}: tensor '{name}' is missing.");

    /// <inheritdoc/>
    public void Dispose() => files.ForEach(file => file.Dispose());
}
