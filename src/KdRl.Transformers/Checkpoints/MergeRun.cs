using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>One merge: the open sources, and the sum Σ_i c_i·Θ_i written block by block.</summary>
internal sealed class MergeRun : IDisposable
{
    /// <summary>Numbers combined at once.</summary>
    private const int Block = 1 << 16;

    /// <summary>What a checkpoint has besides weights; trainer state is not part of a merged model.</summary>
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json",
    ];

    private readonly List<SafeTensorsReader> sources = [];
    private readonly double[] values = new double[Block], sum = new double[Block];
    private readonly byte[] bytes = new byte[Block * sizeof(float)];

    /// <param name="directories">The sources; the first gives names, shapes, types and companions.</param>
    /// <param name="output">Where to.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file.</param>
    /// <param name="coefficients">One coefficient per source for a tensor of floating-point numbers. A source with 0 is not read.</param>
    public static void Write(IReadOnlyList<string> directories, string output, long maxShardBytes, Func<MergeRun, SafeTensorsEntry, double[]> coefficients)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        foreach (var directory in directories)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(directory);
            if (Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)))
                throw new ArgumentException($"{output} is also a source; expected another directory.", nameof(output));
        }
        using var run = new MergeRun();
        foreach (var directory in directories) run.sources.Add(SafeTensorsReader.OpenDirectory(directory));
        run.CheckAlike(directories);
        Directory.CreateDirectory(output);
        foreach (var name in Companions)
            if (File.Exists(Path.Combine(directories[0], name))) AtomicFile.Write(Path.Combine(output, name), PlainFile.ReadAllBytes(Path.Combine(directories[0], name)));
        var tensors = run.sources[0].Entries.OrderBy(entry => entry.Name, StringComparer.Ordinal).ToList();
        WeightFiles.Write(output, [.. tensors.Select(entry => (entry.Name, entry.Type, entry.Shape))], maxShardBytes,
            (stream, i) => run.Combine(stream, tensors[i], tensors[i].Type == ScalarType.Int64 ? null : coefficients(run, tensors[i])));
    }

    /// <summary>a·a, a·b and b·b of a tensor of two sources.</summary>
    public (double Aa, double Ab, double Bb) Products(SafeTensorsEntry tensor)
    {
        var (aa, ab, bb) = (0.0, 0.0, 0.0);
        for (var done = 0L; done < Count(tensor); done += Block)
        {
            var count = (int)Math.Min(Block, Count(tensor) - done);
            Read(sources[0], tensor.Name, done, sum.AsSpan(0, count));
            Read(sources[1], tensor.Name, done, values.AsSpan(0, count));
            for (var i = 0; i < count; i++)
            {
                aa += sum[i] * sum[i];
                ab += sum[i] * values[i];
                bb += values[i] * values[i];
            }
        }
        return (aa, ab, bb);
    }

    /// <param name="stream">Where to.</param>
    /// <param name="tensor">The tensor of the first source.</param>
    /// <param name="coefficients">Null: the first source's bytes are copied.</param>
    private void Combine(Stream stream, SafeTensorsEntry tensor, double[]? coefficients)
    {
        var size = SafeTensorsEntry.SizeOf(tensor.Type);
        for (var done = 0L; done < Count(tensor); done += Block)
        {
            var count = (int)Math.Min(Block, Count(tensor) - done);
            if (coefficients is null)
            {
                stream.Write(sources[0].Bytes(tensor.Name, done * size, count * size));
                continue;
            }
            // −0 rather than 0, which would turn a source's −0 into 0.
            Array.Fill(sum, -0.0, 0, count);
            for (var s = 0; s < sources.Count; s++)
            {
                if (coefficients[s] == 0) continue;
                Read(sources[s], tensor.Name, done, values.AsSpan(0, count));
                for (var i = 0; i < count; i++) sum[i] += coefficients[s] * values[i];
            }
            StoredNumbers.Encode(tensor.Type, sum.AsSpan(0, count), bytes);
            // What was stored, not what was computed: a number can become infinite by its type.
            StoredNumbers.Decode(tensor.Type, bytes, values.AsSpan(0, count));
            if (NotFinite(values.AsSpan(0, count)) is { } wrong)
                throw new InvalidDataException($"{sources[0].PathOf(tensor.Name)}: tensor '{tensor.Name}' would have {sum[wrong]} at element {done + wrong}, which {tensor.Type} cannot hold.");
            stream.Write(bytes, 0, count * size);
        }
    }

    private static void Read(SafeTensorsReader source, string name, long start, Span<double> values)
    {
        var type = source.Entry(name).Type;
        var size = SafeTensorsEntry.SizeOf(type);
        StoredNumbers.Decode(type, source.Bytes(name, start * size, values.Length * size), values);
        if (NotFinite(values) is { } wrong)
            throw new InvalidDataException($"{source.PathOf(name)}: tensor '{name}' has {values[wrong]} at element {start + wrong}; expected a finite number.");
    }

    private static int? NotFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) return i;
        return null;
    }

    private static long Count(SafeTensorsEntry tensor) => (tensor.End - tensor.Begin) / SafeTensorsEntry.SizeOf(tensor.Type);

    private void CheckAlike(IReadOnlyList<string> directories)
    {
        for (var s = 1; s < sources.Count; s++)
        {
            foreach (var entry in sources[0].Entries)
            {
                sources[s].Check(entry.Name, entry.Shape);
                if ((sources[s].Entry(entry.Name).Type == ScalarType.Int64) != (entry.Type == ScalarType.Int64))
                    throw new InvalidDataException($"{sources[s].PathOf(entry.Name)}: tensor '{entry.Name}' has type {sources[s].Entry(entry.Name).Type}; the first source has {entry.Type}.");
            }
            foreach (var entry in sources[s].Entries)
                if (!sources[0].Names.Contains(entry.Name))
                    throw new InvalidDataException($"{sources[s].PathOf(entry.Name)}: tensor '{entry.Name}' is not in {directories[0]}.");
        }
    }

    public void Dispose() => sources.ForEach(source => source.Dispose());
}
