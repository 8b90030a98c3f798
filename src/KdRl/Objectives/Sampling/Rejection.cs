using KdRl.Distillation;
using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Which tokens are close enough to the trainer's policy to learn from.</summary>
public static class Rejection
{
    /// <summary>The tokens that are kept.</summary>
    /// <param name="trainerLogProbs">Log-probs under the trained policy at the start of the step, <c>float [B,T]</c>.</param>
    /// <param name="samplerLogProbs">Log-probs that the sampler reported, <c>float [B,T]</c>.</param>
    /// <param name="mask">True on the tokens that train, <c>bool [B,T]</c> (0/1 numbers are accepted).</param>
    /// <param name="options">Statistic and bounds.</param>
    /// <returns><c>bool [B,T]</c>, a part of the mask.</returns>
    /// <exception cref="ArgumentException">Shapes differ, a tensor is not floating, or the upper bound is missing.</exception>
    public static Tensor Keep(Tensor trainerLogProbs, Tensor samplerLogProbs, Tensor mask, RejectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        var valid = TensorGuard.Mask(mask);
        return Keep(TensorGuard.Like(trainerLogProbs, valid), TensorGuard.Like(samplerLogProbs, valid), valid, valid.logical_not(), options).MoveToOuterDisposeScope();
    }

    /// <summary>As the public method, from checked tensors; runs in the scope of the caller.</summary>
    internal static Tensor Keep(Tensor trainer, Tensor sampler, Tensor valid, Tensor ignored, RejectionOptions options)
    {
        using var constant = no_grad();
        using var bound = options.LogBound.ToScalar();
        using var minusBound = (-options.LogBound).ToScalar();
        using var upper = (options.Upper ?? throw TensorGuard.Missing(nameof(options.Upper), "the greatest statistic that is kept")).ToScalar();
        var d = ImportanceCorrection.LogRatio(trainer, sampler, ignored).clamp(minusBound, bound);
        var statistic = Over(ReverseKl.Value(d, options.Statistic), ignored, options.Level);
        var keep = statistic.le(upper);
        if (options.Lower is { } least)
        {
            using var lower = least.ToScalar();
            keep = keep.logical_and(statistic.ge(lower));
        }
        return keep.logical_and(valid);
    }

    private static Tensor Over(Tensor perToken, Tensor ignored, RejectionLevel level) => level switch
    {
        RejectionLevel.Token => perToken,
        RejectionLevel.SequenceSum => perToken.sum(1, keepdim: true),
        RejectionLevel.SequenceMean => perToken.sum(1, keepdim: true).div(ignored.logical_not().sum(1, keepdim: true).clamp_min(Scalars.One)),
        RejectionLevel.SequenceMax => perToken.masked_fill(ignored, Scalars.NegativeInfinity).amax([1], keepdim: true),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Unknown level."),
    };
}
