using System.Diagnostics;
using KdRl.Transformers;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// A Hugging Face directory read and written, against copying as many bytes in memory. The file is in the system's cache when it is read,
/// and the system writes to the disk when it likes: what is measured is the library, not the disk.
/// </summary>
internal sealed class LoadSaveBenchmark : IBenchmark
{
    public string Name => "load-save";

    public string Description => "safetensors read and written, against the rate of copying in memory";

    public IEnumerable<Measurement> Run()
    {
        // A Llama of 135 million parameters, untied: 325 MB of bf16.
        var config = new TransformerConfig
        {
            HiddenSize = 576, IntermediateSize = 1536, Layers = 30, AttentionHeads = 9, KeyValueHeads = 3, VocabularySize = 49_152, DataType = ScalarType.BFloat16,
        };
        var folder = Directory.CreateTempSubdirectory("kdrl-load-save");
        try
        {
            double bytes, save;
            using (var model = CausalLM.Create(config, seed: 1))
            {
                bytes = model.parameters().Sum(p => p.numel()) * 2.0;
                save = Best(() => model.SavePretrained(folder.FullName));
            }
            var copy = MachineBounds.CopyRate() / 1e9;
            yield return new Measurement($"load-save, save of {bytes / 1e6:0} MB bf16", "GB/s", bytes / save / 1e9, "copy in memory", copy);
            yield return new Measurement("load-save, load", "GB/s", bytes / Best(() => CausalLM.FromPretrained(folder.FullName).Dispose()) / 1e9, "copy in memory", copy);
            yield return new Measurement("load-save, load widened to fp32", "GB/s", bytes / Best(() => CausalLM.FromPretrained(folder.FullName, ScalarType.Float32).Dispose()) / 1e9, "copy in memory", copy);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The least seconds of some calls: what disturbs only slows.</summary>
    private static double Best(Action work)
    {
        var least = double.PositiveInfinity;
        for (var i = 0; i < 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return least;
    }
}
