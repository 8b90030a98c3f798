using static TorchSharp.torch;

namespace KdRl.Transformers;

/// <summary>Where a router sends tokens.</summary>
/// <param name="Gates">What the output of each chosen expert is multiplied by, <c>float32 [n,K]</c> (float64 for float64 logits); gradient flows.</param>
/// <param name="Ids">The chosen experts, <c>int64 [n,K]</c>; group by group, in each by falling score.</param>
/// <param name="Scores">softmax of the logits over all experts, <c>[n,N]</c>, of the type of the gates; gradient flows.</param>
public sealed record ExpertChoice(Tensor Gates, Tensor Ids, Tensor Scores);
