using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Row weights of the terms of a step, from the options.</summary>
internal sealed class StepDenominators(KdrlOptions options, Tensor groups)
{
    /// <summary>w <c>float64 [B]</c> for which the aggregate over the counted tokens is Σ_i w_i Σ_t l.</summary>
    /// <param name="counted">Tokens that the denominator counts, <c>bool [B,T]</c>.</param>
    /// <param name="present">Tokens that make a group count as a prompt; differs from the first only when a gate removes tokens.</param>
    public Tensor RowWeights(Tensor counted, Tensor present)
    {
        var tokens = counted.sum(1);
        return options.TokenNormaliser == TokenNormaliser.GroupTokens
            ? GroupWeights(tokens, present.sum(1))
            : LossAggregations.RowWeights(tokens, options.Aggregation, LossDenominator.Of(counted, options.AggregationConstant), ScalarType.Float64);
    }

    /// <summary>1 / (P N_g): P groups with tokens, N_g counted tokens of the row's group.</summary>
    private Tensor GroupWeights(Tensor counted, Tensor present)
    {
        var live = present.gt(Scalars.Zero).to(ScalarType.Float64);
        var prompts = live.div(GroupSum.OfRow(live, groups).clamp_min(Scalars.One)).sum().clamp_min(Scalars.One);
        var tokens = GroupSum.OfRow(counted.to(ScalarType.Float64), groups).clamp_min(Scalars.One);
        return tokens.mul(prompts).reciprocal();
    }
}
