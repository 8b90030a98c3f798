using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Writes the weights of a checkpoint directory, as one file or as several with an index.</summary>
internal static class WeightFiles
{
    public const string SingleName = "model.safetensors", IndexName = "model.safetensors.index.json";

    /// <summary>
    /// Writes the tensors in the given order. What an earlier save left is removed, in an order in which a reader that comes
    /// in between, or after a crash, finds the old weights, the new ones, or none, but never a mixture.
    /// </summary>
    /// <param name="directory">Where to; it exists.</param>
    /// <param name="tensors">Name, type and shape of each tensor.</param>
    /// <param name="maxShardBytes">The most bytes of tensors in one file; a larger tensor has a file to itself.</param>
    /// <param name="content">Writes the bytes of tensor i; called once each, in order.</param>
    public static void Write(string directory, IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> tensors, long maxShardBytes, Action<Stream, int> content)
    {
        var (single, index) = (Path.Combine(directory, SingleName), Path.Combine(directory, IndexName));
        var old = File.Exists(index) ? OldShards(index) : [];
        var shards = Cut(tensors, maxShardBytes);
        if (shards.Count == 1)
        {
            SafeTensorsWriter.Write(single, tensors, content);
            File.Delete(index);
        }
        else
        {
            // Shards of the same name may be replaced: the index must not lead to them before it is right again.
            File.Delete(index);
            var map = new Dictionary<string, string>();
            for (var s = 0; s < shards.Count; s++)
            {
                var (first, count) = shards[s];
                var name = $"model-{s + 1:00000}-of-{shards.Count:00000}.safetensors";
                var part = tensors.Skip(first).Take(count).ToList();
                SafeTensorsWriter.Write(Path.Combine(directory, name), part, (stream, i) => content(stream, first + i));
                foreach (var tensor in part) map.Add(tensor.Name, name);
            }
            ShardIndex.Write(index, map, tensors.Sum(tensor => SafeTensorsWriter.Size(tensor.Type, tensor.Shape)));
            File.Delete(single);
            old.ExceptWith(map.Values);
        }
        foreach (var name in old) File.Delete(Path.Combine(directory, name));
    }

    /// <summary>First tensor and number of tensors of each file.</summary>
    private static List<(int First, int Count)> Cut(IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> tensors, long maxShardBytes)
    {
        var shards = new List<(int First, int Count)>();
        var (first, size) = (0, 0L);
        for (var i = 0; i < tensors.Count; i++)
        {
            var more = SafeTensorsWriter.Size(tensors[i].Type, tensors[i].Shape);
            if (i > first && more > maxShardBytes - size)
            {
                shards.Add((first, i - first));
                (first, size) = (i, 0);
            }
            size += more;
        }
        shards.Add((first, tensors.Count - first));
        return shards;
    }

    /// <summary>The shards of the save that is replaced; an index that cannot be read names none.</summary>
    private static HashSet<string> OldShards(string index)
    {
        try
        {
            return [.. ShardIndex.Read(index).Values.Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal) && name != SingleName)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }
}
