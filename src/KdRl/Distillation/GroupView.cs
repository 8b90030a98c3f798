using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>What a gate may look at: the responses of a whole optimiser step, one row each. Tensors belong to the caller.</summary>
public sealed class GroupView
{
    /// <summary>Group (prompt) of each response, <c>int64 [B]</c>.</summary>
    public required Tensor Groups { get; init; }

    /// <summary>The verifier's verdict, <c>float [B]</c>: 1 right, 0 wrong, NaN unknown.</summary>
    public required Tensor Correct { get; init; }

    /// <summary>Group advantage of each response, <c>float [B]</c>; null when there is no reward.</summary>
    public Tensor? Advantages { get; init; }

    /// <summary>Log-prob of each whole response under the student, summed over counted tokens, <c>float [B]</c>.</summary>
    public required Tensor StudentLogProbs { get; init; }

    /// <summary>The same under the teacher; null when it is compared over more than the sampled token and gave no log-probs of those.</summary>
    public Tensor? TeacherLogProbs { get; init; }
}
