using KdRl.Tensors;
using TorchSharp;

namespace KdRl.Objectives;

/// <summary>−sg(clip(r, 1−l, 1+h)) A lp: bounds limit the weight of a token, never its gradient.</summary>
internal static class CispoLoss
{
    public static PolicyLossResult PerToken(in PolicyLossInput x)
    {
        using var low = (1 - x.Options.Low).ToScalar();
        using var high = (1 + x.Options.High).ToScalar();
        var ratio = x.LogRatio.detach().exp();
        var loss = ratio.clamp(low, high).mul(x.Advantages).neg().mul(x.LogProbs);
        return new PolicyLossResult(
            loss, x.Advantages.lt(Scalars.Zero).logical_and(ratio.lt(low)), x.Advantages.gt(Scalars.Zero).logical_and(ratio.gt(high)));
    }
}
