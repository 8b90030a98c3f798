using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Importance weights exp(trainer − sampler) that make sampled tokens count as the trainer's own.</summary>
public static class ImportanceCorrection
{
    /// <summary>Weights and diagnostics of a step.</summary>
    /// <param name="trainerLogProbs">Log-probs under the trained policy at the start of the step, <c>float [B,T]</c>.</param>
    /// <param name="samplerLogProbs">Log-probs that the sampler reported, <c>float [B,T]</c>.</param>
    /// <param name="mask">True on the tokens that train, <c>bool [B,T]</c> (0/1 numbers are accepted).</param>
    /// <param name="options">Level, action and bounds.</param>
    /// <exception cref="ArgumentException">Shapes differ or a tensor is not floating.</exception>
    public static ImportanceResult Compute(Tensor trainerLogProbs, Tensor samplerLogProbs, Tensor mask, ImportanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        var valid = TensorGuard.Mask(mask);
        var ignored = valid.logical_not();
        var logRatio = LogRatio(TensorGuard.Like(trainerLogProbs, valid), TensorGuard.Like(samplerLogProbs, valid), ignored);
        using var lower = options.Lower.ToScalar();
        using var upper = Upper(options);
        var raw = Raw(logRatio, ignored, options);
        var bounded = Bound(raw, ignored, options);
        var weights = options.BatchNormalise ? Normalise(bounded, valid, options.Level) : bounded;
        var n = valid.sum().clamp_min(Scalars.One).to(raw.dtype);
        var total = weights.sum();
        var squares = weights.mul(weights).sum();
        var numbers = stack(
        [
            total.mul(total).div(squares.masked_fill(squares.eq(Scalars.Zero), Scalars.One)).div(n),
            bounded.sum().div(n),
            raw.masked_fill(ignored, Scalars.Zero).max(),
            where(valid, raw, raw.max()).min(),
            raw.gt(upper).logical_and(valid).sum().div(n),
            raw.lt(lower).logical_and(valid).sum().div(n),
        ]).ToNumbers<double>();
        return new ImportanceResult
        {
            Weights = weights.MoveToOuterDisposeScope(),
            EffectiveSampleSize = numbers[0],
            Mean = numbers[1],
            Max = numbers[2],
            Min = valid.any().item<bool>() ? numbers[3] : 0,
            FractionAbove = numbers[4],
            FractionBelow = numbers[5],
        };
    }

    /// <summary>Weights of rows by themselves, without normalisation and diagnostics; runs in the scope of the caller.</summary>
    internal static Tensor Weights(Tensor trainer, Tensor sampler, Tensor ignored, ImportanceOptions options) =>
        Bound(Raw(LogRatio(trainer, sampler, ignored), ignored, options), ignored, options);

    internal static Tensor LogRatio(Tensor trainer, Tensor sampler, Tensor ignored) =>
        trainer.detach().masked_fill(ignored, Scalars.Zero).sub(sampler.detach().masked_fill(ignored, Scalars.Zero));

    private static Tensor Raw(Tensor logRatio, Tensor ignored, ImportanceOptions options)
    {
        using var low = (-options.LogBound).ToScalar();
        using var high = options.LogBound.ToScalar();
        if (options.Level != ImportanceLevel.Token)
        {
            var sum = logRatio.sum(1, keepdim: true);
            if (options.Level == ImportanceLevel.SequenceMean) sum = sum.div(ignored.logical_not().sum(1, keepdim: true).clamp_min(Scalars.One));
            logRatio = sum.expand(logRatio.shape);
        }
        return logRatio.clamp(low, high).exp();
    }

    private static Tensor Bound(Tensor raw, Tensor ignored, ImportanceOptions options)
    {
        using var lower = options.Lower.ToScalar();
        using var upper = Upper(options);
        return options.Action == ImportanceAction.Truncate
            ? raw.clamp(lower, upper).masked_fill(ignored, Scalars.Zero)
            : raw.masked_fill(raw.lt(lower).logical_or(raw.gt(upper)).logical_or(ignored), Scalars.Zero);
    }

    /// <summary>An upper bound that float32 cannot hold is none.</summary>
    private static Scalar Upper(ImportanceOptions options) => (options.Upper > float.MaxValue ? double.PositiveInfinity : options.Upper).ToScalar();

    private static Tensor Normalise(Tensor weights, Tensor valid, ImportanceLevel level)
    {
        var mean = level == ImportanceLevel.Token
            ? weights.sum().div(valid.sum().clamp_min(Scalars.One))
            : weights.amax([1]).sum().div(valid.any(1).sum().clamp_min(Scalars.One));
        return weights.div(mean.masked_fill(mean.eq(Scalars.Zero), Scalars.One));
    }
}
