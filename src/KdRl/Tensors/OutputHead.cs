using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Log-probs and entropy straight from hidden states and head weight.</summary>
public static class OutputHead
{
    /// <summary>
    /// lp = log softmax(hidden · weightᵀ / temperature)[target]; differentiable in hidden and weight, and so is the entropy.
    /// </summary>
    /// <param name="hidden">Hidden states, <c>[N,H]</c>.</param>
    /// <param name="weight">Output head, <c>[V,H]</c>.</param>
    /// <param name="targets">Token whose log-prob is wanted, <c>int64 [N]</c>.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too.</param>
    /// <returns>Tensors of shape <c>[N]</c>.</returns>
    public static TokenScores Score(Tensor hidden, Tensor weight, Tensor targets, double temperature = 1, bool withEntropy = false)
    {
        using var inverse = (1 / temperature).ToScalar();
        var logProbs = nn.functional.linear(hidden, weight).to(ScalarType.Float32).mul(inverse).log_softmax(-1);
        var chosen = logProbs.gather(-1, targets.unsqueeze(-1)).squeeze(-1);
        return new TokenScores(chosen, withEntropy ? logProbs.exp().mul(logProbs).sum(-1).neg() : null);
    }
}
