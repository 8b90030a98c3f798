using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>−Ā exp(mean_t x), x = min(lp − old, h) where A &gt; 0, max(lp − old, −l) where A &lt; 0, and 0 where A = 0.</summary>
internal static class GmpoLoss
{
    public static PolicyLossResult PerToken(in PolicyLossInput x)
    {
        using var low = (-x.Options.Low).ToScalar();
        using var high = x.Options.High.ToScalar();
        var (up, down) = (x.Advantages.gt(Scalars.Zero), x.Advantages.lt(Scalars.Zero));
        var sided = where(up, x.LogRatio.clamp_max(high), x.LogRatio.clamp_min(low)).masked_fill(up.logical_or(down).logical_not(), Scalars.Zero);
        var tokens = x.Ignored.logical_not().sum(1, keepdim: true).clamp_min(Scalars.One);
        var loss = sided.sum(1, keepdim: true).div(tokens).exp().mul(x.Advantages.sum(1, keepdim: true).div(tokens)).neg();
        var value = x.LogRatio.detach();
        return new PolicyLossResult(loss.expand(x.LogProbs.shape), down.logical_and(value.lt(low)), up.logical_and(value.gt(high)));
    }
}
