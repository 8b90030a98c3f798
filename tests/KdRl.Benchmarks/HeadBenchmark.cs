using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>Time of the output head against plain operations, its share of the machine's matrix rate, and how equal the gradients are.</summary>
internal sealed class HeadBenchmark : IBenchmark
{
    public string Name => "head";

    public string Description => "log-probs from hidden states, forward + backward, against linear + log_softmax + gather and the matrix rate";

    public IEnumerable<Measurement> Run()
    {
        foreach (var (rows, width, vocabulary, dtype) in ((int, int, int, ScalarType)[])[(6144, 96, 18, ScalarType.Float32), (2048, 128, 512, ScalarType.Float32), (1024, 256, 32_000, ScalarType.Float32), (512, 576, 49_152, ScalarType.BFloat16)])
        {
            using var small = new HeadCase(rows, width, vocabulary, dtype);
            yield return InTurn.Milliseconds($"head {small.Name}", small.Ours, "plain operations", small.Plain, seconds: 4);
            yield return Equal(small, dtype);
        }

        using var large = new HeadCase(2048, 1024, 151_936, ScalarType.BFloat16);
        var time = InTurn.Milliseconds($"head {large.Name}", large.Ours, "plain operations", large.Plain, seconds: 0, warmup: 1, least: 3);
        yield return time;
        yield return Equal(large, ScalarType.BFloat16);
        yield return Rate(large, time.Ours);
        yield return InTurn.Milliseconds($"head {large.Name}, full-vocabulary reverse KL", large.ReverseKl, "loss of sampled tokens", large.Ours, seconds: 0, warmup: 0, least: 3);
        using var larger = new HeadCase(8192, 1024, 151_936, ScalarType.BFloat16);
        yield return Rate(larger, InTurn.Milliseconds("", larger.Ours, "", () => { }, seconds: 0, warmup: 0, least: 1).Ours);
    }

    private static Measurement Equal(HeadCase of, ScalarType dtype) =>
        new($"head {of.Name}, largest difference of gradients", "relative", of.GradientDifference(), "allowed", dtype == ScalarType.BFloat16 ? 2e-2 : 1e-5);

    private static Measurement Rate(HeadCase of, double milliseconds) =>
        new($"head {of.Name}, rate", "GFLOP/s", of.Operations / milliseconds / 1e6, "bf16 matrix product 2048³", MachineBounds.MatrixRate(ScalarType.BFloat16) / 1e9);
}
