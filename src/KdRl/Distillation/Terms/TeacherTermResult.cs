using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>The teacher term of some responses, token by token, before gate, coefficient and denominator. The caller disposes of the tensors.</summary>
public sealed class TeacherTermResult
{
    /// <summary>Estimate of the divergence in nats, for logs, <c>float [B,L]</c>: detached, before clip, floor and discount; 0 outside <see cref="Mask"/>.</summary>
    public required Tensor Value { get; init; }

    /// <summary>d = target − student in nats, for logs, <c>float [B,L]</c>: detached, before clip, floor and discount; 0 outside <see cref="Mask"/>. Null when a divergence was handed over.</summary>
    public required Tensor? Difference { get; init; }

    /// <summary>What to minimise, <c>float [B,L]</c>, with gradient through the student alone; 0 outside <see cref="Mask"/>. Null on the advantage path.</summary>
    public required Tensor? LossPerToken { get; init; }

    /// <summary>What to add to the advantages, <c>float [B,L]</c>, detached; 0 outside <see cref="Mask"/>. Null on the loss paths.</summary>
    public required Tensor? TokenAdvantage { get; init; }

    /// <summary>Tokens of the term, <c>bool [B,L]</c>: the given mask, without end-of-sequence tokens when those are masked.</summary>
    public required Tensor Mask { get; init; }

    /// <summary>Teacher log-probs that were raised to the floor.</summary>
    public required long FlooredTokens { get; init; }

    /// <summary>Differences that were cut by the clip or raised to the floor of differences.</summary>
    public required long ClippedTokens { get; init; }
}
