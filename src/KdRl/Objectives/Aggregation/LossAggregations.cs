using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Turns per-token losses into one number; also callable as <c>LossAggregation.Aggregate(…)</c>.</summary>
public static class LossAggregations
{
    extension(LossAggregation)
    {
        /// <summary>Aggregates per-token losses; see <see cref="LossAggregation"/> for the formulas.</summary>
        /// <param name="perToken">Losses, <c>float [B,T]</c>. What lies outside the mask never matters, NaN included.</param>
        /// <param name="mask">True on the tokens that count, <c>bool [B,T]</c> (0/1 numbers are accepted). Fully masked rows never count.</param>
        /// <param name="mode">The formula.</param>
        /// <param name="denominator">
        /// Counts of the whole optimiser step, when this is a micro-batch of it. Null: the counts of <paramref name="mask"/>;
        /// the constant then is the width of the mask.
        /// </param>
        /// <returns>A scalar with gradient: 0 with zero gradient when nothing is valid.</returns>
        /// <exception cref="ArgumentException">Shapes differ, or <see cref="LossDenominator.Constant"/> is missing or not positive.</exception>
        public static Tensor Aggregate(Tensor perToken, Tensor mask, LossAggregation mode, LossDenominator? denominator = null)
        {
            using var scope = NewDisposeScope();
            var valid = TensorGuard.Mask(mask);
            TensorGuard.Like(perToken, valid);
            var clean = perToken.masked_fill(valid.logical_not(), Scalars.Zero);
            var weights = RowWeights(valid.sum(1), mode, denominator ?? LossDenominator.Of(valid, valid.shape[1]), perToken.dtype);
            return clean.sum(1).mul(weights).sum().MoveToOuterDisposeScope();
        }
    }

    /// <summary>The weight w <c>[B]</c> of each row for which the aggregate is Σ_i w_i Σ_t m l, from the valid tokens of each row, <c>int64 [B]</c>.</summary>
    internal static Tensor RowWeights(Tensor rowTokens, LossAggregation mode, LossDenominator denominator, ScalarType dtype)
    {
        var sequences = Math.Max(denominator.Sequences, 1);
        using var weight = (mode switch
        {
            LossAggregation.TokenMean => 1 / Math.Max(denominator.Tokens, 1),
            LossAggregation.TokenSum => 1,
            LossAggregation.SequenceMeanOfTokenMeans or LossAggregation.SequenceMeanOfTokenSums => 1 / sequences,
            LossAggregation.SequenceSumOverConstant => 1 / (sequences * Positive(denominator.Constant)),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Unknown aggregation."),
        }).ToScalar();
        var weights = full(rowTokens.shape, weight, dtype, rowTokens.device);
        if (mode != LossAggregation.SequenceMeanOfTokenMeans) return weights;
        using var flat = weights;
        using var tokens = rowTokens.clamp_min(Scalars.One);
        return flat.div(tokens);
    }

    private static double Positive(double? constant) => constant is > 0 and var c
        ? c
        : throw new ArgumentException(
            $"LossDenominator.Constant is {(constant is null ? "missing" : constant)}, expected a positive number for SequenceSumOverConstant.",
            nameof(constant));
}
