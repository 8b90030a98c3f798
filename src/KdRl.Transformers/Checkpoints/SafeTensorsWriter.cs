using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace KdRl.Transformers.Checkpoints;

/// <summary>Writes a safetensors file.</summary>
internal static class SafeTensorsWriter
{
    /// <summary>Bytes written at once: a span cannot hold more than 2 GB.</summary>
    private const long Block = 1 << 28;

    /// <summary>Bytes after which the disk starts to write what it was given.</summary>
    private const long Step = 1 << 23;

    /// <summary>Writes the tensors in the given order; the file appears whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="names">Name, type and shape of each tensor.</param>
    /// <param name="content">Gives tensor i, on any device; called once each, in order, so that only one needs to exist at a time.</param>
    public static void Write(string path, IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> names, Func<int, Tensor> content) =>
        Write(path, names, (stream, i) =>
        {
            using var scope = NewDisposeScope();
            WriteTensor(stream, content(i));
        });

    /// <summary>Writes tensors whose bytes are made on the way.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="names">Name, type and shape of each tensor.</param>
    /// <param name="content">Writes the bytes of tensor i; called once each, in order.</param>
    /// <exception cref="InvalidOperationException">It wrote another number of bytes than type and shape need.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> names, Action<Stream, int> content) =>
        Write(path, Header(names), names, content);

    private static void Write(string path, byte[] header, IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> names, Action<Stream, int> content) =>
        AtomicFile.Write(path, sizeof(ulong) + header.Length + names.Sum(tensor => Size(tensor.Type, tensor.Shape)), stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            var started = 0L;
            for (var i = 0; i < names.Count; i++)
            {
                var before = stream.Position;
                content(stream, i);
                if (stream.Position - before != Size(names[i].Type, names[i].Shape))
                    throw new InvalidOperationException($"{path}: tensor '{names[i].Name}' was given {stream.Position - before} bytes; expected {Size(names[i].Type, names[i].Shape)}.");
                if (stream.Position - started < Step) continue;
                KernelHints.StartWriting(stream.SafeFileHandle, started, stream.Position - started);
                started = stream.Position;
            }
        });

    /// <summary>Bytes of a tensor.</summary>
    public static long Size(ScalarType type, long[] shape) => shape.Aggregate((long)SafeTensorsEntry.SizeOf(type), (size, side) => checked(size * side));

    private static byte[] Header(IReadOnlyList<(string Name, ScalarType Type, long[] Shape)> names)
    {
        var typeNames = SafeTensorsEntry.Types.ToDictionary(pair => pair.Value, pair => pair.Key);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var position = 0L;
            foreach (var (name, type, shape) in names)
            {
                json.WriteStartObject(name);
                var end = position + Size(type, shape);
                json.WriteString("dtype", typeNames[type]);
                WriteNumbers(json, "shape", shape);
                WriteNumbers(json, "data_offsets", [position, end]);
                json.WriteEndObject();
                position = end;
            }
            json.WriteEndObject();
        }
        // Padded with blanks so that the data starts at a multiple of 8.
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    /// <summary>A tensor's numbers, from any device.</summary>
    public static void WriteTensor(Stream stream, Tensor tensor)
    {
        var flat = tensor.detach().to(CPU).contiguous().view(-1);
        var step = Block / SafeTensorsEntry.SizeOf(flat.dtype);
        for (var done = 0L; done < flat.shape[0]; done += step)
            stream.Write(flat.narrow(0, done, Math.Min(step, flat.shape[0] - done)).bytes);
    }
}
