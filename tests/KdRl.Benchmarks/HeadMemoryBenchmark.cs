using KdRl.TestSupport;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// How far resident memory rises above inputs and gradients while the head works forward and backward. The allocator is as the system has
/// it, so that freed memory goes back and the rise is what is held.
/// </summary>
internal sealed class HeadMemoryBenchmark : IBenchmark
{
    public string Name => "head-memory";

    public string Description => "additional peak memory of log-probs from hidden states, forward + backward, against linear + log_softmax + gather";

    public IEnumerable<Measurement> Run()
    {
        const long vocabulary = 151_936;
        double plainByToken = 0;
        foreach (var rows in (long[])[2048, 8192])
        {
            using var head = new HeadCase(rows, 1024, vocabulary, ScalarType.BFloat16);
            // Libraries allocate for themselves on the first call.
            if (plainByToken == 0) head.Ours();
            if (PeakMemory.MiB(head.Ours) is not { } own || PeakMemory.MiB(head.ReverseKl) is not { } kl) yield break;
            // Beside other programs.
            var fits = 2 * head.Logits * HeadCase.PlainBytesPerLogit < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            var plain = fits ? PeakMemory.MiB(head.Plain)!.Value : plainByToken * rows;
            plainByToken = plain / rows;
            var baseline = fits ? "plain operations" : "plain operations, in proportion to the tokens (they do not fit this machine)";
            yield return new Measurement($"head-memory {head.Name}", "MiB", own, baseline, plain);
            yield return new Measurement($"head-memory {head.Name}, full-vocabulary reverse KL", "MiB", kl, "loss of sampled tokens", own);
        }
    }
}
