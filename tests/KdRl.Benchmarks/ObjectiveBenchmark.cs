using KdRl.Objectives;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// KDRL's objective from hidden states with its metrics, forward and backward, against the same loss, without metrics, written out in plain operations.
/// </summary>
internal sealed class ObjectiveBenchmark : IBenchmark
{
    private const double Beta = 2e-3, Clip = 0.2;

    public string Name => "objective";

    public string Description => "KdrlObjective through the output head, forward + backward, against log_softmax + gather + the loss in plain operations";

    public IEnumerable<Measurement> Run()
    {
        foreach (var (batch, length, width, vocabulary) in ((int, int, int, int)[])[(64, 96, 96, 18), (64, 96, 96, 512), (16, 128, 256, 8_192), (8, 128, 256, 32_000)])
        {
            using var scope = NewDisposeScope();
            var step = new Step(batch, length, width, vocabulary);
            var (ours, plain) = (step.Ours(), step.Plain());
            if (Math.Abs(ours - plain) > 1e-4 * Math.Abs(plain) + 1e-6) throw new InvalidOperationException($"the two losses differ: {ours} and {plain}");
            var name = $"objective B={batch} T={length} H={width} V={vocabulary}";
            yield return InTurn.Milliseconds(name, () => step.Ours(), "plain operations", () => step.Plain());
        }
    }

    private sealed class Step
    {
        private readonly KdrlObjective objective = new(KdrlOptions.Kdrl(Beta));
        private readonly Tensor hidden, weight, targets, mask, groups, advantages, old, teacher, rows, tokens;

        public Step(int batch, int length, int width, int vocabulary)
        {
            manual_seed(1);
            hidden = randn(batch * length, width).requires_grad_();
            weight = randn(vocabulary, width).mul(0.1).requires_grad_();
            // Gradients go into buffers that are there, as the optimiser's are.
            (hidden.grad, weight.grad) = (zeros_like(hidden), zeros_like(weight));
            targets = randint(0, vocabulary, [batch * length], ScalarType.Int64);
            mask = ones(batch, length, ScalarType.Bool);
            groups = arange(batch, ScalarType.Int64).div(8, RoundingMode.floor).to(ScalarType.Int64);
            advantages = randn(batch);
            (rows, tokens) = (arange(batch, ScalarType.Int64), arange(batch * length, ScalarType.Int64));
            old = OutputHead.Score(hidden, weight, targets).LogProbs.detach().view(batch, length);
            teacher = old + randn(batch, length) * 0.3;
        }

        public double Ours() => Backward(() =>
        {
            var batch = new TrainingBatch { Mask = mask, Group = groups, OldLogProbs = old, TeacherLogProbs = teacher, Advantages = advantages };
            using var prepared = objective.Prepare(batch, 0);
            // As the trainer does it: logits that fit are kept, others are differentiated chunk by chunk.
            if (OutputHead.AreKept(tokens.shape[0], weight))
                return prepared.Evaluate(rows, OutputHead.Score(hidden, weight, targets).LogProbs.view(mask.shape)).Loss;
            return OutputHead.Reduce(hidden, weight, targets, (start, scores) =>
                prepared.EvaluateTokens(tokens.narrow(0, start, scores.LogProbs.shape[0]), scores.LogProbs).Loss);
        });

        public double Plain() => Backward(() =>
        {
            var logProbs = nn.functional.linear(hidden, weight).log_softmax(-1).gather(1, targets.unsqueeze(1)).view(mask.shape);
            var ratio = (logProbs - old).exp();
            var gain = advantages.unsqueeze(1);
            var policy = -minimum(ratio * gain, ratio.clamp(1 - Clip, 1 + Clip) * gain).mean();
            return policy + Beta * 0.5 * (logProbs - teacher).pow(2).mean();
        });

        private static double Backward(Func<Tensor> loss)
        {
            using var scope = NewDisposeScope();
            var value = loss();
            value.backward();
            return value.item<float>();
        }
    }
}
