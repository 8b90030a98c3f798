using System.Text;
using KdRl.Transformers.Checkpoints;
using static TorchSharp.torch;

namespace KdRl.Transformers.Tests.Checkpoints;

[Collection("torch")]
public sealed class SafeTensorsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    private string File0 => Path.Combine(directory, "model.safetensors");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private void Write(params (string Name, Tensor Value)[] tensors) =>
        SafeTensorsWriter.Write(File0, [.. tensors.Select(t => (t.Name, t.Value.dtype, t.Value.shape))], i => tensors[i].Value.alias());

    private void WriteRaw(string header, int dataBytes, ulong? statedLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(File0, [.. BitConverter.GetBytes(statedLength ?? (ulong)json.Length), .. json, .. new byte[dataBytes]]);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    public void Read_WhatWasWritten_IsEqual(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var value = (randn(3, 4) * 50).to(type);
        Write(("one", value), ("none", zeros(0, 4, dtype: type)), ("scalar", ones([], dtype: type)), ("turned", value.t()));
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        Assert.Equal(["none", "one", "scalar", "turned"], reader.Names.Order());
        Assert.Equal(value.bytes.ToArray(), reader.Read("one", [3, 4]).bytes.ToArray());
        Assert.Equal(value.t().contiguous().bytes.ToArray(), reader.Read("turned", [4, 3]).bytes.ToArray());
        Assert.Equal(0, reader.Read("none", [0, 4]).numel());
        Assert.Equal(ones([], dtype: type).bytes.ToArray(), reader.Read("scalar", []).bytes.ToArray());
        var start = 8 + BitConverter.ToInt64(File.ReadAllBytes(File0));
        Assert.Equal(0, start % 8);
    }

    [Fact]
    public void Read_MissingOrOtherShape_IsRefusedByName()
    {
        using var scope = NewDisposeScope();
        Write(("one", zeros(3, 4)));
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        Assert.Contains("'two'", Assert.Throws<InvalidDataException>(() => reader.Read("two", [3, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("[3,4]", Assert.Throws<InvalidDataException>(() => reader.Read("one", [4, 3])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "a")]
    [InlineData("""{"a":7}""", 8, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "b")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}""", 20, "b")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "a")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "data")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "a")]
    [InlineData("""["a"]""", 0, "object")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "JSON")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[2],"data_offsets":[0,8]}}""", 8, "JSON")]
    public void Open_WrongHeader_IsRefusedWithPathAndTensor(string header, int dataBytes, string named)
    {
        WriteRaw(header, dataBytes);
        var error = Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory));
        Assert.Contains(File0, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    [InlineData(3UL)]
    [InlineData(0UL)]
    public void Open_WrongHeaderLength_IsRefused(ulong length)
    {
        WriteRaw("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, length);
        Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory));
    }

    [Fact]
    public void Open_TruncatedAnywhere_IsRefused()
    {
        using var scope = NewDisposeScope();
        Write(("first", ones(2, 3)), ("second", ones(4, dtype: ScalarType.Int64)));
        var whole = File.ReadAllBytes(File0);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(File0, whole[..length]);
            Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory));
        }
    }

    [Fact]
    public void Open_AnyBitOfTheHeaderFlipped_IsReadOrRefusedAsInvalidData()
    {
        using var scope = NewDisposeScope();
        Write(("first", ones(2, 3)), ("second", ones(4, dtype: ScalarType.Int64)));
        var whole = File.ReadAllBytes(File0);
        var (header, refused) = (8 + BitConverter.ToInt32(whole), 0);
        for (var bit = 0; bit < header * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(File0, flipped);
            try
            {
                using var reader = SafeTensorsReader.OpenDirectory(directory);
                reader.Read("first", [2, 3]);
                reader.Read("second", [4]);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > header * 4, $"{refused} of {header * 8} flips were noticed");
    }

    [Fact]
    public void Open_FuzzedFile_IsReadOrRefusedAsInvalidData()
    {
        using var scope = NewDisposeScope();
        Write(("first", ones(2, 3)), ("second", ones(4, dtype: ScalarType.Int64)), ("third", ones(1, dtype: ScalarType.BFloat16)));
        var whole = File.ReadAllBytes(File0);
        var (random, refused) = (new Random(2), 0);
        for (var round = 0; round < 3000; round++)
        {
            File.WriteAllBytes(File0, Mutation.Of(whole, random, whole.Length));
            try
            {
                using var reader = SafeTensorsReader.OpenDirectory(directory);
                foreach (var entry in reader.Entries) Assert.Equal(entry.End - entry.Begin, reader.Bytes(entry.Name, 0, (int)(entry.End - entry.Begin)).Length);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(File0, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(refused > 1500, $"{refused} of 3000 were refused");
    }

    [Fact]
    public void Convert_PartOfATensor_FillsItInAnyTypeAndLayout()
    {
        using var scope = NewDisposeScope();
        Write(("one", tensor(new float[] { 1, 2, 3, 4 }).view(2, 2)));
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        foreach (var type in new[] { ScalarType.Float32, ScalarType.BFloat16 })
        {
            var target = zeros(5, 2, dtype: type);
            reader.Convert("one", target.narrow(0, 2, 2));
            Assert.Equal([0f, 0, 0, 0, 1, 2, 3, 4, 0, 0], target.to(ScalarType.Float32).data<float>().ToArray());
            reader.Convert("one", target.narrow(0, 0, 2).t());
            Assert.Equal([1f, 3, 2, 4, 1, 2, 3, 4, 0, 0], target.to(ScalarType.Float32).data<float>().ToArray());
        }
    }

    [Fact]
    public void Read_TensorOfManyBlocks_IsWhole()
    {
        using var scope = NewDisposeScope();
        var value = rand(1300, 500);
        Write(("one", value), ("two", value.narrow(0, 0, 700).t()));
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        Assert.True(reader.Read("one", [1300, 500]).equal(value).all().item<bool>());
        var (first, second) = (empty(1300, 500), empty(500, 700, dtype: ScalarType.Float64));
        reader.ReadInto([("one", first, null)]);
        reader.Convert("two", second);
        Assert.True(first.equal(value).all().item<bool>());
        Assert.True(second.equal(value.narrow(0, 0, 700).t().to(ScalarType.Float64)).all().item<bool>());
    }

    [Fact]
    public void Read_FileShortenedAfterOpening_SaysWhereItEnds()
    {
        using var scope = NewDisposeScope();
        Write(("one", ones(2000, 1000)));
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        using (var file = new FileStream(File0, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(4_000_000);
        var error = Assert.Throws<InvalidDataException>(() => reader.Read("one", [2000, 1000]));
        Assert.Contains($"{File0}: ends at 4000000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenDirectory_Shards_AreOneSet()
    {
        using var scope = NewDisposeScope();
        Shards("""{"weight_map":{"a":"x.safetensors","b":"y.safetensors"}}""");
        using var reader = SafeTensorsReader.OpenDirectory(directory);
        Assert.Equal([1f, 1f], reader.Read("a", [2]).data<float>().ToArray());
        Assert.Equal([0f, 0f, 0f], reader.Read("b", [3]).data<float>().ToArray());
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"y.safetensors","b":"y.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a":"../x.safetensors"}}""")]
    [InlineData("""{"weight_map":{"a":3}}""")]
    [InlineData("""{"weight_map":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"weight_map":""")]
    public void OpenDirectory_WrongIndex_IsRefused(string index)
    {
        using var scope = NewDisposeScope();
        Shards(index);
        Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory));
    }

    private void Shards(string index)
    {
        SafeTensorsWriter.Write(Path.Combine(directory, "x.safetensors"), [("a", ScalarType.Float32, [2])], _ => ones(2));
        SafeTensorsWriter.Write(Path.Combine(directory, "y.safetensors"), [("b", ScalarType.Float32, [3])], _ => zeros(3));
        File.WriteAllText(Path.Combine(directory, "model.safetensors.index.json"), index);
    }

    [Fact]
    public void OpenDirectory_NoWeights_SaysSo() => Assert.Throws<FileNotFoundException>(() => SafeTensorsReader.OpenDirectory(directory));

    [Fact]
    public void OpenDirectory_MissingShardOrLinkToItself_SaysWhichFile()
    {
        using var scope = NewDisposeScope();
        Shards("""{"weight_map":{"a":"x.safetensors","b":"z.safetensors"}}""");
        Assert.Contains("is in z.safetensors, which is not there", Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory)).Message, StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        File.CreateSymbolicLink(Path.Combine(directory, "z.safetensors"), Path.Combine(directory, "z.safetensors"));
        Assert.Contains("z.safetensors", Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory)).Message, StringComparison.Ordinal);
        File.CreateSymbolicLink(File0, File0);
        Assert.Throws<InvalidDataException>(() => SafeTensorsReader.OpenDirectory(directory));
    }

    [Fact]
    public void Write_ContentFails_LeavesTheOldFile()
    {
        using var scope = NewDisposeScope();
        Write(("one", ones(2)));
        var before = File.ReadAllBytes(File0);
        Assert.Throws<InvalidOperationException>(() => SafeTensorsWriter.Write(File0, [("a", ScalarType.Float32, [2])], _ => throw new InvalidOperationException()));
        Assert.Equal(before, File.ReadAllBytes(File0));
        Assert.Single(Directory.GetFiles(directory));
    }
}
