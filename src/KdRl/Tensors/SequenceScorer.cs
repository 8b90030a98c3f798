using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Scores chosen tokens of right-padded sequences; the head sees only those.</summary>
public static class SequenceScorer
{
    /// <summary>Log-probs (and entropy) of the tokens under the mask, differentiable in the model's parameters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">Token ids, <c>int64 [B,T]</c>, padded on the right.</param>
    /// <param name="mask">True on the tokens to score, <c>bool [B,T]</c>; false in column 0, which nothing predicts.</param>
    /// <param name="temperature">Divides the logits; positive.</param>
    /// <param name="withEntropy">Whether to compute the entropy too.</param>
    /// <returns>
    /// <c>float32 [B,T]</c>: column t belongs to token t; 0 where the mask is false. Without any token to score the model is
    /// not run: the result is 0 and its gradient 0.
    /// </returns>
    /// <exception cref="ArgumentException">Wrong shape, dtype or device; the mask is true in column 0.</exception>
    public static TokenScores Score(ICausalModel model, Tensor ids, Tensor mask, double temperature = 1, bool withEntropy = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(ids, mask);
        using var scope = NewDisposeScope();
        var (rows, length) = (ids.shape[0], ids.shape[1]);
        var chosen = mask.reshape(-1).nonzero().squeeze(-1);
        if (chosen.shape[0] == 0)
        {
            // The sum over no rows keeps the result in the graph, where its gradient is zero.
            var nothing = model.OutputWeight.narrow(0, 0, 0).sum().to(ScalarType.Float32).expand(rows, length);
            return new TokenScores(nothing.MoveToOuterDisposeScope(), withEntropy ? nothing.clone().MoveToOuterDisposeScope() : null);
        }
        var hidden = model.Hidden(ids.narrow(1, 0, length - 1), Ranges.Positions(rows, length - 1, ids.device), null);
        using var width = length.ToScalar();
        // Token t is predicted by the hidden state of token t-1: shift the flat index from width T to width T-1.
        var source = chosen.sub(chosen.floor_divide(width)).sub(Scalars.One);
        var scores = OutputHead.Score(hidden.reshape(-1, hidden.shape[2]).index_select(0, source), model.OutputWeight,
            ids.reshape(-1).index_select(0, chosen), temperature, withEntropy);
        return new TokenScores(Spread(scores.LogProbs), scores.Entropy is null ? null : Spread(scores.Entropy));

        Tensor Spread(Tensor values) => zeros(rows * length, values.dtype, ids.device)
            .index_copy(0, chosen, values).reshape(rows, length).MoveToOuterDisposeScope();
    }

    private static void Check(Tensor ids, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(mask);
        TensorChecks.Type(ids, nameof(ids), ScalarType.Int64);
        TensorChecks.Type(mask, nameof(mask), ScalarType.Bool);
        TensorChecks.Layout(ids, nameof(ids), 2, "[B,T]");
        TensorChecks.Shape(mask, nameof(mask), ids.shape, "that of ids");
        TensorChecks.Device(mask, nameof(mask), ids.device);
        if (ids.shape[1] == 0) throw new ArgumentException("ids has no column; at least 1 is needed", nameof(ids));
        using var first = mask.narrow(1, 0, 1);
        using var any = first.any();
        if (any.item<bool>())
            throw new ArgumentException("mask is true in column 0, but no token comes before it to predict it; set column 0 to false", nameof(mask));
    }
}
