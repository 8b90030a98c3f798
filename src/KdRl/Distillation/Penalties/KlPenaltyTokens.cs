using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>A KL penalty token by token. The caller disposes of the tensors.</summary>
/// <param name="PerToken">The penalty in nats, with gradient through the student, shape of the input.</param>
/// <param name="Clamped">True where a clamp acted, <c>bool</c>, shape of the input; null when no clamp is set.</param>
public readonly record struct KlPenaltyTokens(Tensor PerToken, Tensor? Clamped);
