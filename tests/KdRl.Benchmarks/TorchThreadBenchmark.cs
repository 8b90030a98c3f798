using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>What a work item costs, with and without its no-GC region.</summary>
internal sealed class TorchThreadBenchmark : IBenchmark
{
    public string Name => "torch-thread";

    public string Description => "a work item of 200 small tensor operations inside a no-GC region, against one without";

    public IEnumerable<Measurement> Run()
    {
        using var fenced = new TorchThread("fenced", fence: true);
        using var plain = new TorchThread("plain", fence: false);
        yield return InTurn.Milliseconds("torch-thread, empty heap", () => Item(fenced), "no fence", () => Item(plain));
        // A host with many live objects: what a collection at the start of the region has to look through.
        var live = Enumerable.Range(0, 1_000_000).Select(i => new object[] { i }).ToArray();
        yield return InTurn.Milliseconds("torch-thread, 2M live objects", () => Item(fenced), "no fence", () => Item(plain));
        GC.KeepAlive(live);
    }

    private static void Item(TorchThread thread) => thread.RunAsync(() =>
    {
        var x = ones(4);
        for (var i = 0; i < 200; i++) x = x.mul(x);
    }).GetAwaiter().GetResult();
}
