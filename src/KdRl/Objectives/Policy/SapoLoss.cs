using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>−(4/τ) σ(τ (r−1)) A: a smooth gate in place of a clip; at r = 1 the gradient is that of −A r for every τ.</summary>
internal static class SapoLoss
{
    public static PolicyLossResult PerToken(in PolicyLossInput x)
    {
        using var positive = x.Options.SapoTauPositive.ToScalar();
        using var negative = x.Options.SapoTauNegative.ToScalar();
        using var four = 4.0.ToScalar();
        var tau = full_like(x.Advantages, negative).masked_fill(x.Advantages.gt(Scalars.Zero), positive);
        var gate = x.LogRatio.exp().sub(Scalars.One).mul(tau).sigmoid();
        return new PolicyLossResult(gate.mul(x.Advantages.mul(four).div(tau).neg()));
    }
}
