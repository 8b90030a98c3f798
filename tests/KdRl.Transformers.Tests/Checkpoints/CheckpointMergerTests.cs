using KdRl.Transformers.Checkpoints;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Checkpoints;

[Collection("torch")]
public sealed class CheckpointMergerTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string Out => Path.Combine(root, "out");

    /// <summary>A directory with one tensor <c>w</c>, made without torch.</summary>
    private string Checkpoint(string name, ScalarType type, params double[] values) => Write(name, [("w", type, values)]);

    private string Write(string name, (string Name, ScalarType Type, double[] Values)[] tensors)
    {
        var directory = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
        WeightFiles.Write(directory, [.. tensors.Select(t => (t.Name, t.Type, new long[] { t.Values.Length }))], long.MaxValue, (stream, i) =>
        {
            var (_, type, values) = tensors[i];
            var bytes = new byte[values.Length * SafeTensorsEntry.SizeOf(type)];
            if (type == ScalarType.Int64) Buffer.BlockCopy(Array.ConvertAll(values, v => (long)v), 0, bytes, 0, bytes.Length);
            else StoredNumbers.Encode(type, values, bytes);
            stream.Write(bytes);
        });
        return directory;
    }

    private static double[] Read(string directory, string name = "w")
    {
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        var entry = reader.Entry(name);
        var bytes = reader.Bytes(name, 0, (int)(entry.End - entry.Begin));
        var values = new double[entry.Shape[0]];
        if (entry.Type == ScalarType.Int64) return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(v => (double)v)];
        StoredNumbers.Decode(entry.Type, bytes, values);
        return values;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void LinearAndSlerp_SourcesOfAnySize_TakeTheSameMemory(int millions)
    {
        // Sharded in, sharded out, of two types: 4 MB and 2 MB a million numbers.
        string[] directories = [.. new[] { ("a", ScalarType.Float32), ("b", ScalarType.BFloat16) }.Select(source =>
        {
            var directory = Directory.CreateDirectory(Path.Combine(root, source.Item1)).FullName;
            var half = new byte[millions * 500_000 * SafeTensorsEntry.SizeOf(source.Item2)];
            half[1] = 0x3F;
            WeightFiles.Write(directory, [("u", source.Item2, [millions * 500L, 1000]), ("v", source.Item2, [millions * 500L, 1000])], half.Length, (stream, _) => stream.Write(half));
            return directory;
        })];
        var before = GC.GetAllocatedBytesForCurrentThread();
        CheckpointMerger.Linear([(directories[0], 0.5), (directories[1], 0.5)], Out, maxShardBytes: 1);
        CheckpointMerger.Slerp(directories[0], directories[1], 0.5, Path.Combine(root, "arc"), maxShardBytes: 1);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        Assert.True(File.Exists(Path.Combine(Out, "model-00002-of-00002.safetensors")));
    }

    [Fact]
    public void Merge_TwoGroups_IsEquation9()
    {
        string b = Checkpoint("b", ScalarType.Float32, 1, 1), one = Checkpoint("one", ScalarType.Float32, 2, 1), two = Checkpoint("two", ScalarType.Float32, 4, 3), three = Checkpoint("three", ScalarType.Float32, 1, 5);
        CheckpointMerger.Merge(b, [new([one, two], 0.5), new([three], 0.25)], Out);
        Assert.Equal([2.0, 2.5], Read(Out));
        CheckpointMerger.Merge(b, [new([two, one], 0.5)], Out);
        Assert.Equal([2.0, 1.5], Read(Out));
        CheckpointMerger.Merge(b, [new([one, two])], Out);
        Assert.Equal([3.0, 2.0], Read(Out));
        CheckpointMerger.Merge(b, [new([one]), new([three])], Out);
        Assert.Equal([1.5, 3.0], Read(Out));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Merge_WeightOneOrZero_IsTheCheckpointOrTheBaseExactly(ScalarType type)
    {
        var random = new Random(3);
        // Sizes so different that base + (checkpoint − base) would lose the checkpoint.
        double[] Numbers(double scale) => [.. Enumerable.Range(0, 200_000).Select(_ => (random.NextDouble() - 0.5) * scale)];
        string b = Checkpoint("b", type, Numbers(30000)), c = Checkpoint("c", type, Numbers(1e-3));
        CheckpointMerger.Merge(b, [new([c], 1)], Out);
        Assert.Equal(File.ReadAllBytes(Path.Combine(c, "model.safetensors")), File.ReadAllBytes(Path.Combine(Out, "model.safetensors")));
        CheckpointMerger.Merge(b, [new([c], 0), new([b, c], 0)], Out);
        Assert.Equal(File.ReadAllBytes(Path.Combine(b, "model.safetensors")), File.ReadAllBytes(Path.Combine(Out, "model.safetensors")));
    }

    [Fact]
    public void Merge_MixedTypes_RoundsOnceToTheBase()
    {
        // 1 + 2⁻⁸ is a tie of bfloat16; what is added decides, though 32 bits cannot hold it.
        string b = Checkpoint("b", ScalarType.BFloat16, 0, 0), c = Checkpoint("c", ScalarType.Float32, 1 + Math.Pow(2, -8), 1 + Math.Pow(2, -8)), d = Checkpoint("d", ScalarType.Float32, Math.Pow(2, -40), -Math.Pow(2, -40));
        CheckpointMerger.Merge(b, [new([c], 1), new([d], 1)], Out);
        Assert.Equal([1 + Math.Pow(2, -7), 1.0], Read(Out));
    }

    [Fact]
    public void Merge_WholeNumbersAndCompanions_ComeFromTheBase()
    {
        string b = Write("b", [("n", ScalarType.Int64, [7, 8]), ("w", ScalarType.Float32, [0])]), c = Write("c", [("n", ScalarType.Int64, [1, 2]), ("w", ScalarType.Float32, [2])]);
        File.WriteAllText(Path.Combine(b, "config.json"), "{}");
        File.WriteAllText(Path.Combine(b, "optimizer.bin"), "x");
        CheckpointMerger.Merge(b, [new([c], 0.5)], Out);
        Assert.Equal([7.0, 8.0], Read(Out, "n"));
        Assert.Equal([1.0], Read(Out));
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(Out).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Merge_SmallShards_AreReadAsOne()
    {
        string b = Write("b", [("u", ScalarType.Float32, [1, 2]), ("v", ScalarType.Float16, [3]), ("w", ScalarType.Float32, [4])]);
        CheckpointMerger.Linear([(b, 1)], Out, maxShardBytes: 8);
        Assert.Equal(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"], Directory.GetFiles(Out).Select(Path.GetFileName).Order());
        Assert.Equal([1.0, 2.0, 3.0, 4.0], new[] { "u", "v", "w" }.SelectMany(name => Read(Out, name)));
    }

    [Fact]
    public void Linear_Weights_AreTheMean()
    {
        string a = Checkpoint("a", ScalarType.Float32, 1, -2), b = Checkpoint("b", ScalarType.Float32, 5, 2);
        CheckpointMerger.Linear([(a, 0.25), (b, 0.75)], Out);
        Assert.Equal([4.0, 1.0], Read(Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Linear([(a, 0.5), (b, 0.6)], Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Linear([(a, double.NaN)], Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Linear([], Out));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(1.0)]
    public void Slerp_OnTheCircle_GoesByTheAngle(double t)
    {
        string a = Checkpoint("a", ScalarType.Float32, 1, 0), b = Checkpoint("b", ScalarType.Float32, Math.Cos(2), Math.Sin(2));
        CheckpointMerger.Slerp(a, b, t, Out);
        Assert.Equal(Math.Cos(2 * t), Read(Out)[0], 1e-6);
        Assert.Equal(Math.Sin(2 * t), Read(Out)[1], 1e-6);
    }

    [Fact]
    public void Slerp_NoArc_IsTheLine()
    {
        string a = Checkpoint("a", ScalarType.Float32, 1, 2), zero = Checkpoint("zero", ScalarType.Float32, 0, 0), longer = Checkpoint("longer", ScalarType.Float32, 3, 6), opposite = Checkpoint("opposite", ScalarType.Float32, -1, -2);
        foreach (var (other, expected) in new[] { (zero, 0.5), (longer, 2.0), (opposite, 0.0) })
        {
            CheckpointMerger.Slerp(a, other, 0.5, Out);
            Assert.Equal([expected, 2 * expected], Read(Out));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointMerger.Slerp(a, zero, 1.1, Out));
        Assert.Throws<ArgumentOutOfRangeException>(() => CheckpointMerger.Slerp(a, zero, double.NaN, Out));
    }

    [Fact]
    public void Merge_UnlikeSources_AreRefusedByPathAndTensor()
    {
        string b = Checkpoint("b", ScalarType.Float32, 1, 2);
        var wrong = new Dictionary<string, string>
        {
            ["'w'"] = Write("other", [("x", ScalarType.Float32, [1, 2])]),
            ["'extra'"] = Write("more", [("w", ScalarType.Float32, [1, 2]), ("extra", ScalarType.Float32, [1])]),
            ["[2]"] = Checkpoint("longer", ScalarType.Float32, 1, 2, 3),
            ["NaN"] = Checkpoint("nan", ScalarType.Float32, 1, double.NaN),
            ["∞"] = Checkpoint("inf", ScalarType.BFloat16, 1, double.PositiveInfinity),
            ["Int64"] = Checkpoint("whole", ScalarType.Int64, 1, 2),
        };
        foreach (var (named, directory) in wrong)
        {
            var error = Assert.Throws<InvalidDataException>(() => CheckpointMerger.Merge(b, [new([directory], 0.5)], Out));
            Assert.Contains(directory, error.Message, StringComparison.Ordinal);
            Assert.Contains(named.Replace("∞", double.PositiveInfinity.ToString(System.Globalization.CultureInfo.CurrentCulture), StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Path.Combine(Out, "model.safetensors")));
    }

    [Fact]
    public void Merge_ResultTooLargeForTheType_IsRefused()
    {
        string b = Checkpoint("b", ScalarType.Float16, 60000), c = Checkpoint("c", ScalarType.Float16, -60000);
        Assert.Contains("'w'", Assert.Throws<InvalidDataException>(() => CheckpointMerger.Merge(b, [new([c], -1)], Out)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_BadArguments_AreRefused()
    {
        string b = Checkpoint("b", ScalarType.Float32, 1), c = Checkpoint("c", ScalarType.Float32, 2);
        var before = File.ReadAllBytes(Path.Combine(c, "model.safetensors"));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Merge(b, [], Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Merge(b, [new([])], Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Merge(b, [new([c], double.NaN)], Out));
        Assert.Throws<ArgumentException>(() => CheckpointMerger.Merge(b, [new([c])], c + Path.DirectorySeparatorChar));
        Assert.Throws<FileNotFoundException>(() => CheckpointMerger.Merge(b, [new([root])], Out));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(c, "model.safetensors")));
    }

    [Fact]
    public void Encode_Brain_RoundsToNearestEven()
    {
        var random = new Random(1);
        Span<byte> stored = stackalloc byte[2];
        var back = new double[1];
        for (var i = 0; i < 20_000; i++)
        {
            var value = Math.ScaleB(1 + random.Next(1 << 12) / (double)(1 << 12), random.Next(-20, 20)) * (random.Next(2) * 2 - 1) + (random.Next(3) - 1) * 1e-14;
            StoredNumbers.Encode(ScalarType.BFloat16, [value], stored);
            StoredNumbers.Decode(ScalarType.BFloat16, stored, back);
            var unit = Math.ScaleB(1, Math.ILogB(value) - 7);
            Assert.Equal(Math.Round(value / unit, MidpointRounding.ToEven) * unit, back[0]);
        }
    }
}
