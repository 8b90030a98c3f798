using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// The mean negative log-prob of some tokens, forward and backward: through the output head the way the trainer takes it (logits that fit
/// are kept, others are differentiated chunk by chunk), and in plain operations. Gradients go into buffers that are there, as the optimiser's are.
/// </summary>
internal sealed class HeadCase : IDisposable
{
    private readonly long rows, width, vocabulary;
    private readonly ScalarType dtype;
    private readonly Tensor hidden, weight, targets, teacherHidden;

    public HeadCase(long rows, long width, long vocabulary, ScalarType dtype)
    {
        (this.rows, this.width, this.vocabulary, this.dtype) = (rows, width, vocabulary, dtype);
        using var scope = NewDisposeScope();
        manual_seed(1);
        hidden = randn(rows, width).to(dtype).DetachFromDisposeScope().requires_grad_();
        weight = randn(vocabulary, width).mul_(0.1).to(dtype).DetachFromDisposeScope().requires_grad_();
        targets = randint(0, vocabulary, [rows], ScalarType.Int64).DetachFromDisposeScope();
        teacherHidden = randn(rows, width).to(dtype).DetachFromDisposeScope();
        hidden.grad = zeros_like(hidden);
        weight.grad = zeros_like(weight);
    }

    public string Name => $"N={rows} H={width} V={vocabulary} {(dtype == ScalarType.BFloat16 ? "bf16" : "fp32")}";

    /// <summary>Elements of the logits.</summary>
    public long Logits => rows * vocabulary;

    /// <summary>Additions and multiplications of the three products, which nothing can avoid: logits, and the gradients of hidden states and weight.</summary>
    public double Operations => 6.0 * rows * width * vocabulary;

    public void Ours() => Backward(() => OutputHead.AreKept(rows, weight)
        ? OutputHead.Score(hidden, weight, targets).LogProbs.mean().neg()
        : OutputHead.Reduce(hidden, weight, targets, (_, scores) => scores.LogProbs.sum() / -rows));

    /// <summary>The mean reverse KL from a teacher with a head of the same size, over the whole vocabulary.</summary>
    public void ReverseKl() => Backward(() => OutputHead.Reduce(hidden, weight, targets, (_, scores) => scores.Divergence!.sum() / rows,
        teacher: new TeacherHead(teacherHidden, weight.detach())));

    public void Plain() => Backward(() => nn.functional.linear(hidden, weight).to(ScalarType.Float32)
        .log_softmax(-1).gather(1, targets.unsqueeze(1)).squeeze(1).mean().neg());

    /// <summary>Largest difference of the two gradients, in shares of the largest element of the plain one.</summary>
    public double GradientDifference()
    {
        using var scope = NewDisposeScope();
        var plain = Gradients(Plain);
        var own = Gradients(Ours);
        return plain.Zip(own, (a, b) => (b.sub_(a).abs().max() / a.abs().max()).item<float>()).Max();
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[hidden, weight, targets, teacherHidden]) tensor.Dispose();
    }

    private Tensor[] Gradients(Action work)
    {
        hidden.grad!.zero_();
        weight.grad!.zero_();
        work();
        return [hidden.grad!.to(ScalarType.Float32, copy: true), weight.grad!.to(ScalarType.Float32, copy: true)];
    }

    private static void Backward(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        loss().backward();
    }
}
