using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>What a model says of each token.</summary>
/// <param name="LogProbs">Natural log-prob of the token, <c>float32</c>.</param>
/// <param name="Entropy">Entropy of the distribution it was drawn from, in nats, <c>float32</c>; null unless asked for.</param>
public readonly record struct TokenScores(Tensor LogProbs, Tensor? Entropy);
