using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>max(−A min(r, cap), −A clip(r, 1−l, 1+h)), and at most −c A where A &lt; 0.</summary>
internal static class ClippedLoss
{
    public static PolicyLossResult PerToken(in PolicyLossInput x)
    {
        using var low = (1 - x.Options.Low).ToScalar();
        using var high = (1 + x.Options.High).ToScalar();
        var ratio = x.LogRatio.exp();
        var free = ratio;
        if (x.Options.RatioCap is { } bound)
        {
            using var cap = bound.ToScalar();
            free = ratio.clamp_max(cap);
        }
        var minusA = x.Advantages.neg();
        var loss = maximum(minusA.mul(free), minusA.mul(ratio.clamp(low, high)));
        Tensor? dual = null;
        var negative = x.Advantages.lt(Scalars.Zero);
        if (x.Options.DualClip is { } c)
        {
            using var factor = c.ToScalar();
            var limit = minusA.mul(factor);
            dual = negative.logical_and(loss.detach().gt(limit));
            loss = where(negative, minimum(loss, limit), loss);
        }
        var value = ratio.detach();
        return new PolicyLossResult(loss, negative.logical_and(value.lt(low)), x.Advantages.gt(Scalars.Zero).logical_and(value.gt(high)), dual);
    }
}
