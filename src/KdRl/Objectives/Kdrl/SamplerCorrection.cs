using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>The weight of each token in the policy loss: importance weight where asked for, 0 where rejected. Runs in the scope of the caller.</summary>
internal static class SamplerCorrection
{
    /// <summary>Whether the options need the sampler's log-probs.</summary>
    public static bool IsOn(KdrlOptions options) => options.Importance is not null || options.Rejections.Count > 0;

    /// <summary>Weights of a whole step whose log-probs are known, with diagnostics.</summary>
    public static Tensor OfStep(KdrlOptions options, Tensor trainer, Tensor sampler, Tensor mask, Dictionary<string, double> metrics)
    {
        var ignored = mask.logical_not();
        var difference = ImportanceCorrection.LogRatio(trainer, sampler, ignored).abs();
        metrics["sampling/sampling_logp_difference/mean"] = difference.sum().div(mask.sum().clamp_min(Scalars.One)).to(ScalarType.Float64).item<double>();
        metrics["sampling/sampling_logp_difference/max"] = difference.max().to(ScalarType.Float64).item<double>();
        if (options.Importance is null) return Reject(options, ones_like(difference), trainer, sampler, mask, ignored);
        var result = ImportanceCorrection.Compute(trainer, sampler, mask, options.Importance);
        metrics["sampling/importance_sampling_ratio/min"] = result.Min;
        metrics["sampling/importance_sampling_ratio/mean"] = result.Mean;
        metrics["sampling/importance_sampling_ratio/max"] = result.Max;
        metrics["sampling/effective_sample_size"] = result.EffectiveSampleSize;
        metrics["sampling/fraction_above"] = result.FractionAbove;
        metrics["sampling/fraction_below"] = result.FractionBelow;
        return Reject(options, result.Weights, trainer, sampler, mask, ignored);
    }

    /// <summary>Weights of some rows whose log-probs have just become known.</summary>
    public static Tensor OfRows(KdrlOptions options, Tensor trainer, Tensor sampler, Tensor mask)
    {
        var ignored = mask.logical_not();
        var weights = options.Importance is { } importance ? ImportanceCorrection.Weights(trainer, sampler, ignored, importance) : ones_like(trainer);
        return Reject(options, weights, trainer, sampler, mask, ignored);
    }

    private static Tensor Reject(KdrlOptions options, Tensor weights, Tensor trainer, Tensor sampler, Tensor mask, Tensor ignored)
    {
        foreach (var rule in options.Rejections)
            weights = weights.masked_fill(Rejection.Keep(trainer, sampler, mask, ignored, rule).logical_not(), Scalars.Zero);
        return weights;
    }
}
