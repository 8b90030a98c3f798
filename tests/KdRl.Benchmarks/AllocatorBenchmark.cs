using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>Large temporaries before and after tuning the allocator. The setting cannot be undone, so the two are not in turn.</summary>
internal sealed class AllocatorBenchmark : IBenchmark
{
    public string Name => "allocator";

    public string Description => "cloning 64 MiB after TorchRuntime.TuneAllocator, against before (one after the other)";

    public IEnumerable<Measurement> Run()
    {
        using var source = ones(16 << 20);
        var before = Median(source);
        if (!TorchRuntime.TuneAllocator()) yield break;
        Median(source);
        yield return new Measurement("allocator, clone of 64 MiB", "ms", Median(source), "default malloc", before);
    }

    private static double Median(Tensor source) =>
        InTurn.Milliseconds("", () => source.clone().Dispose(), "", () => { }, 2).Ours;
}
