using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// A causal language model as the trainers see it: final hidden states and an output head. The logits are
/// <c>hidden · OutputWeightᵀ</c>; they are formed in chunks by <see cref="OutputHead"/>, never for a whole batch.
/// </summary>
/// <remarks>
/// To be trained, an implementation must also be a <see cref="nn.Module"/>, whose named parameters are then optimised.
/// </remarks>
public interface ICausalModel
{
    /// <summary>Final hidden states, normalised, ready for the output head.</summary>
    /// <param name="ids">Token ids, <c>int64 [B,T]</c>.</param>
    /// <param name="positions">Position of each token in its sequence, <c>int64 [B,T]</c>.</param>
    /// <param name="attention">True on real tokens, <c>bool [B,T]</c>; null when padding, if any, is on the right only.</param>
    /// <returns><c>[B,T,H]</c></returns>
    Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention);

    /// <summary>The output head, <c>[V,H]</c>.</summary>
    Tensor OutputWeight { get; }

    /// <summary>
    /// Whether the model counts tokens, as a mixture of experts does for its balance loss, and so is to be told which are padding even
    /// where attention does not need to know. Without an implementation: no.
    /// </summary>
    bool CountsTokens => false;
}
