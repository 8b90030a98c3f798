using System.Text;
using static TorchSharp.torch;

namespace KdRl.Training.Optimization;

/// <summary>
/// The optimiser's state as bytes, little-endian: mark, version, step count, then for each block of parameters its dtype, names
/// and shapes, and the raw master weights, first and second moments.
/// </summary>
internal static class AdamWFile
{
    private const long Mark = 0x57_4D41_4441_4C52; // "RLADAMW" in the file
    private const int Version = 1;

    // A span holds less than 2 GiB, so buffers pass in stretches.
    private const long Stretch = 1 << 20;

    public static void Write(AdamW optimizer, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = NewDisposeScope();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(optimizer.StepCount);
        writer.Write(optimizer.Blocks.Count);
        foreach (var block in optimizer.Blocks)
        {
            var description = Encoding.UTF8.GetBytes(Describe(block));
            writer.Write(description.Length);
            writer.Write(description);
            writer.Flush();
            foreach (var part in (Tensor[])[block.Values, block.FirstMoment, block.SecondMoment])
                foreach (var stretch in Stretches(part.cpu())) stream.Write(stretch.bytes);
        }
    }

    /// <summary>Restores the blocks and returns the step count.</summary>
    public static long Read(AdamW optimizer, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var what = "the mark";
        try
        {
            Require(reader.ReadInt64(), Mark, what);
            Require(reader.ReadInt32(), Version, what = "the version");
            what = "the step count";
            var steps = reader.ReadInt64();
            Require(reader.ReadInt32(), optimizer.Blocks.Count, what = "the number of parameter blocks");
            List<(ParameterBlock Block, Tensor[] Parts)> read = [];
            foreach (var block in optimizer.Blocks)
            {
                what = "the list of parameters";
                var length = reader.ReadInt32();
                if (length is < 0 or > 1 << 28) throw new InvalidDataException($"optimiser state{Position()}: {what} has length {length}");
                Require(Encoding.UTF8.GetString(reader.ReadBytes(length)), Describe(block), what);
                what = "the weights and moments";
                read.Add((block, [ReadLike(block.Values, stream), ReadLike(block.FirstMoment, stream), ReadLike(block.SecondMoment, stream)]));
            }
            foreach (var (block, parts) in read) block.Restore(parts[0], parts[1], parts[2]);
            return steps;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"the optimiser state ends in {what}{Position()}", e);
        }

        string Position() => stream.CanSeek ? $" at byte {stream.Position}" : "";

        void Require<T>(T found, T expected, string name)
        {
            if (!EqualityComparer<T>.Default.Equals(found, expected))
                throw new InvalidDataException($"optimiser state{Position()}: {name} is {Shorten($"{found}")}, expected {Shorten($"{expected}")}");
        }
    }

    private static Tensor ReadLike(Tensor like, Stream stream)
    {
        var result = empty(like.shape, like.dtype);
        foreach (var stretch in Stretches(result)) stream.ReadExactly(stretch.bytes);
        return result;
    }

    private static IEnumerable<Tensor> Stretches(Tensor flat)
    {
        for (var start = 0L; start < flat.shape[0]; start += Stretch)
        {
            using var stretch = flat.narrow(0, start, Math.Min(Stretch, flat.shape[0] - start));
            yield return stretch;
        }
    }

    private static string Describe(ParameterBlock block) =>
        $"{block.Dtype}: {string.Join("; ", block.Parameters.Select(p => $"{p.Name} [{string.Join(',', p.Shape)}]"))}";

    private static string Shorten(string text) => text.Length <= 400 ? text : text[..400] + "…";
}
