using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// The mean log-prob through the output head, forward and backward, the way the trainer takes it: logits that fit are kept, others are
/// differentiated chunk by chunk. Against full logits with log_softmax and gather.
/// </summary>
internal sealed class HeadBenchmark : IBenchmark
{
    public string Name => "head";

    public string Description => "log-probs from hidden states, forward + backward, against linear + log_softmax + gather";

    public IEnumerable<Measurement> Run()
    {
        foreach (var (rows, width, vocabulary, dtype) in Cases)
        {
            using var inputs = new Inputs(rows, width, vocabulary, dtype);
            var name = $"head N={rows} H={width} V={vocabulary} {dtype}";
            yield return InTurn.Milliseconds(name, inputs.Ours, "full logits", inputs.Full);
            // Small logits live in memory that the allocator already holds; only large ones show.
            if ((long)rows * vocabulary < 1 << 24) continue;
            if (Memory.PeakMiB(inputs.Ours) is { } own && Memory.PeakMiB(inputs.Full) is { } full)
                yield return new Measurement($"{name}, peak extra memory", "MiB", own, "full logits", full);
        }
    }

    private static IEnumerable<(int Rows, int Width, int Vocabulary, ScalarType Dtype)> Cases =>
    [
        (6144, 96, 18, ScalarType.Float32),
        (2048, 128, 512, ScalarType.Float32),
        (1024, 256, 32_000, ScalarType.Float32),
        (512, 576, 49_152, ScalarType.BFloat16),
    ];

    private sealed class Inputs : IDisposable
    {
        private readonly Tensor hidden;
        private readonly Tensor weight;
        private readonly Tensor targets;

        public Inputs(int rows, int width, int vocabulary, ScalarType dtype)
        {
            manual_seed(1);
            hidden = randn(rows, width).to(dtype).requires_grad_();
            weight = randn(vocabulary, width).mul(0.1).to(dtype).requires_grad_();
            targets = randint(0, vocabulary, [rows], ScalarType.Int64);
        }

        public void Ours() => Backward(() => OutputHead.FitAtOnce(targets.shape[0], weight, withTeacher: false)
            ? OutputHead.Score(hidden, weight, targets).LogProbs.mean().neg()
            : OutputHead.Reduce(hidden, weight, targets, (_, scores) => scores.LogProbs.sum() / -targets.shape[0]));

        public void Full() => Backward(() => nn.functional.linear(hidden, weight).to(ScalarType.Float32)
            .log_softmax(-1).gather(1, targets.unsqueeze(1)).squeeze(1).mean().neg());

        public void Dispose()
        {
            hidden.Dispose();
            weight.Dispose();
            targets.Dispose();
        }

        private void Backward(Func<Tensor> loss)
        {
            using var scope = NewDisposeScope();
            hidden.grad = null;
            weight.grad = null;
            loss().backward();
        }
    }
}
