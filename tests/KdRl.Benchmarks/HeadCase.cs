using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Benchmarks;

/// <summary>
/// The mean negative log-prob of some tokens, forward and backward: through the output head the way the trainer takes it (logits that fit
/// are kept, others are differentiated chunk by chunk), and in plain operations. Gradients go into buffers that are there, as the optimiser's are.
/// </summary>
internal sealed class HeadCase : IDisposable
{
    /// <summary>Bytes for each logit that the plain operations hold at their peak: twice in bf16, four times in fp32.</summary>
    public const long PlainBytesPerLogit = 20;

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
        return plain.Zip(own, Relative).Max();
    }

    /// <summary>
    /// The same where the plain operations do not fit the machine: the gradients of 1,024 entries of the weight, which occur as targets, and of 64
    /// hidden states, in float32 from logits of 1,024 tokens at a time.
    /// </summary>
    public double GradientDifferenceOfSlices()
    {
        const int piece = 1024, few = 64;
        using var scope = NewDisposeScope();
        var own = Gradients(Ours);
        using var noGrad = no_grad();
        var entries = targets.narrow(0, 0, Math.Min(piece, rows));
        Tensor ofWeight = zeros(entries.shape[0], width), ofHidden = zeros(few, width);
        for (var start = 0L; start < rows; start += piece)
        {
            using var inner = NewDisposeScope();
            var (part, wanted) = (hidden.narrow(0, start, piece), targets.narrow(0, start, piece).unsqueeze(1));
            var logits = nn.functional.linear(part, weight).to(ScalarType.Float32);
            var normaliser = logits.logsumexp(-1, keepdim: true);
            var pulls = (logits.index_select(1, entries) - normaliser).exp() - wanted.eq(entries.unsqueeze(0)).to(ScalarType.Float32);
            ofWeight.add_(pulls.t().mm(part.to(ScalarType.Float32)) / rows);
            if (start > 0) continue;
            var slopes = (logits.narrow(0, 0, few) - normaliser.narrow(0, 0, few)).exp().scatter_add_(1, wanted.narrow(0, 0, few), -ones(few, 1));
            ofHidden.copy_(slopes.mm(weight.to(ScalarType.Float32)) / rows);
        }
        return Math.Max(Relative(ofHidden, own[0].narrow(0, 0, few)), Relative(ofWeight, own[1].index_select(0, entries)));
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[hidden, weight, targets, teacherHidden]) tensor.Dispose();
    }

    private static double Relative(Tensor expected, Tensor found) => ((found - expected).abs().max() / expected.abs().max()).item<float>();

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
