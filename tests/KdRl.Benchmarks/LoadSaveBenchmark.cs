using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// A Hugging Face directory written and read, against copying the file and reading it plainly. The file is in the system's cache when it
/// is read. What is saved is on the disk when the call returns, so that a save is compared with a copy that is flushed too; a copy that
/// leaves the disk to the system shows what durability costs. Memory for what is read is fresh in both, as it is for a model.
/// </summary>
internal sealed class LoadSaveBenchmark : IBenchmark
{
    public string Name => "load-save";

    public string Description => "safetensors written and read, against plain copies and reads of the file";

    public IEnumerable<Measurement> Run()
    {
        // A Llama of 135 million parameters, untied: 325 MB of bf16.
        var config = new TransformerConfig
        {
            HiddenSize = 576, IntermediateSize = 1536, Layers = 30, AttentionHeads = 9, KeyValueHeads = 3, VocabularySize = 49_152, DataType = ScalarType.BFloat16,
        };
        var folder = Directory.CreateTempSubdirectory("kdrl-load-save");
        var (saved, copied) = (Path.Combine(folder.FullName, "saved"), Path.Combine(folder.FullName, "copied"));
        try
        {
            using var model = CausalLM.Create(config, seed: 1);
            var bytes = model.parameters().Sum(p => p.numel()) * 2.0;
            model.SavePretrained(folder.FullName);
            var file = Path.Combine(folder.FullName, "model.safetensors");
            yield return Save("a copy of the file, flushed", () => Copy(file, copied, flush: true));
            yield return Save("a copy of the file", () => Copy(file, copied, flush: false));
            var copy = MachineBounds.CopyRate() / 1e9;
            foreach (var (name, type, baseline, read) in new (string, ScalarType?, string, Action?)[]
            {
                ("load", null, "read into fresh memory", () => Read(file)), ("load", null, "memory-mapped, copied into fresh memory", () => Map(file)), ("load", null, "copy in memory", null),
                ("load widened to fp32", ScalarType.Float32, "read into fresh memory", () => Read(file)), ("load widened to fp32", ScalarType.Float32, "copy in memory", null),
            })
            {
                var times = InTurn.Milliseconds("", () => CausalLM.FromPretrained(folder.FullName, type).Dispose(), "", read ?? (() => { }), seconds: 3, warmup: 1);
                yield return new Measurement($"load-save, {name} of {bytes / 1e6:0} MB bf16", "GB/s", bytes / times.Ours / 1e6, baseline, read is null ? copy : bytes / times.BaselineValue / 1e6);
            }

            Measurement Save(string baseline, Action copy)
            {
                // Into a new directory each time: dropping what was there before is not part of a save.
                List<double> own = [], other = [];
                for (var i = 0; i < 9; i++)
                {
                    own.Add(Seconds(() => model.SavePretrained(saved)));
                    other.Add(Seconds(copy));
                    Directory.Delete(saved, recursive: true);
                    File.Delete(copied);
                }
                return new Measurement($"load-save, save of {bytes / 1e6:0} MB bf16", "GB/s", bytes / InTurn.Median(own) / 1e9, baseline, bytes / InTurn.Median(other) / 1e9);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Seconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Copy(string from, string to, bool flush)
    {
        File.Copy(from, to);
        if (!flush) return;
        using var file = File.OpenWrite(to);
        file.Flush(flushToDisk: true);
    }

    private static void Read(string path)
    {
        using var scope = NewDisposeScope();
        using var file = File.OpenHandle(path);
        var memory = empty(RandomAccess.GetLength(file), ScalarType.Byte).bytes;
        for (var done = 0; done < memory.Length;) done += RandomAccess.Read(file, memory[done..], done);
    }

    private static void Map(string path)
    {
        using var scope = NewDisposeScope();
        using var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewStream(0, 0, MemoryMappedFileAccess.Read);
        view.ReadExactly(empty(view.Length, ScalarType.Byte).bytes);
    }
}
