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

        const string plain = "plain operations", inProportion = "plain operations, in proportion to the tokens (they do not fit this machine)";
        double ownTime, plainTime, klTime;
        List<double> rates = [];
        void Rate() => rates.Add(MachineBounds.MatrixRate(ScalarType.BFloat16));
        using (var large = new HeadCase(2048, 1024, 151_936, ScalarType.BFloat16))
        {
            if (large.Logits * HeadCase.PlainBytesPerLogit > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) yield break;
            (ownTime, plainTime, klTime) = InTurn.Milliseconds(3, large.Ours, large.Plain, large.ReverseKl, Rate) is [var a, var b, var c, _] ? (a, b, c) : default;
            yield return new Measurement($"head {large.Name}", "ms", ownTime, plain, plainTime);
            yield return Equal(large, ScalarType.BFloat16);
            yield return OfRate(large, ownTime, rates);
            yield return new Measurement($"head {large.Name}, full-vocabulary reverse KL", "ms", klTime, "loss of sampled tokens", ownTime);
        }

        rates.Clear();
        using var larger = new HeadCase(8192, 1024, 151_936, ScalarType.BFloat16);
        var time = InTurn.Milliseconds(1, larger.Ours, Rate)[0];
        yield return new Measurement($"head {larger.Name}", "ms", time, inProportion, 4 * plainTime);
        yield return OfRate(larger, time, rates);
        yield return new Measurement($"head {larger.Name}, largest difference of the gradients of 1,024 weight rows and 64 hidden states", "relative", larger.GradientDifferenceOfSlices(), "allowed", 2e-2);
    }

    private static Measurement Equal(HeadCase of, ScalarType dtype) =>
        new($"head {of.Name}, largest difference of gradients", "relative", of.GradientDifference(), "allowed", dtype == ScalarType.BFloat16 ? 2e-2 : 1e-5);

    private static Measurement OfRate(HeadCase of, double milliseconds, List<double> rates) =>
        new($"head {of.Name}, rate", "GFLOP/s", of.Operations / milliseconds / 1e6, "bf16 matrix product 2048³ in turn", InTurn.Median(rates) / 1e9);
}
