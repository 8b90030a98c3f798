using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// A model that reads a prompt once for all completions of it, also when it is trained: the gradients of the completions meet in
/// the prompt's keys and values. A model without it is given prompt and completion in one row each.
/// </summary>
public interface ISharedPromptModel : ICausalModel
{
    /// <summary>The final hidden states that predict each completion token.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="completions">Token ids of the completions, <c>int64 [B,T]</c>, padded on the right.</param>
    /// <returns><c>[B,T,H]</c>: column t predicts completion token t, so column 0 is what the prompt's last token left.</returns>
    Tensor Hidden(SharedPrompts prompts, Tensor completions);
}
