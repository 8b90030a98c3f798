using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Scores chosen tokens of right-padded sequences; the head sees only those.</summary>
public static class SequenceScorer
{
    /// <summary>Log-probs (and entropy) of the tokens under the mask.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">Token ids, <c>int64 [B,T]</c>, padded on the right.</param>
    /// <param name="mask">True on the tokens to score, <c>bool [B,T]</c>; false in column 0, which nothing predicts.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too.</param>
    /// <returns><c>float32 [B,T]</c>: column t belongs to token t; 0 where the mask is false.</returns>
    public static TokenScores Score(ICausalModel model, Tensor ids, Tensor mask, double temperature = 1, bool withEntropy = false)
    {
        var (rows, length) = (ids.shape[0], ids.shape[1]);
        var positions = Ranges.Positions(rows, length - 1, ids.device);
        var hidden = model.Hidden(ids.narrow(1, 0, length - 1), positions, null);
        var where = mask.reshape(-1).nonzero().squeeze(-1);
        using var width = length.ToScalar();
        // Token t is predicted by the hidden state of token t-1: shift the flat index from width T to width T-1.
        var row = where.floor_divide(width);
        var source = where.sub(row).sub(Scalars.One);
        var scores = OutputHead.Score(hidden.reshape(-1, hidden.shape[2]).index_select(0, source), model.OutputWeight,
            ids.reshape(-1).index_select(0, where), temperature, withEntropy);
        return new TokenScores(Spread(scores.LogProbs), scores.Entropy is null ? null : Spread(scores.Entropy));

        Tensor Spread(Tensor values) =>
            zeros(rows * length, dtype: ScalarType.Float32, device: ids.device).index_copy(0, where, values).reshape(rows, length);
    }
}
