using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Policy losses of each token, before aggregation. The formulas stand at <see cref="PolicyLossKind"/>.</summary>
public static class PolicyLoss
{
    /// <summary>The loss of each token.</summary>
    /// <param name="logProbs">Log-probs under the policy, <c>float [B,T]</c>, with gradient.</param>
    /// <param name="oldLogProbs">Log-probs under the policy that the ratio compares with, <c>float [B,T]</c>; taken without gradient.</param>
    /// <param name="advantages">Advantages, <c>float [B]</c> or <c>[B,T]</c>; taken without gradient.</param>
    /// <param name="mask">True on the tokens that train, <c>bool [B,T]</c> (0/1 numbers are accepted).</param>
    /// <param name="options">The kind and its bounds.</param>
    /// <returns><c>[B,T]</c> with gradient, of the type of <paramref name="logProbs"/>; value and gradient are 0 outside the mask, whatever stands there.</returns>
    /// <exception cref="ArgumentException">Shapes differ or a tensor is not floating.</exception>
    public static Tensor PerToken(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, PolicyLossOptions options)
    {
        using var scope = NewDisposeScope();
        return Evaluate(logProbs, oldLogProbs, advantages, mask, options).PerToken.MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="PerToken"/>, with the tokens on which the bounds acted.</summary>
    public static PolicyLossResult Evaluate(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, PolicyLossOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var scope = NewDisposeScope();
        var valid = TensorGuard.Mask(mask);
        var ignored = valid.logical_not();
        var clean = TensorGuard.Like(logProbs, valid).masked_fill(ignored, Scalars.Zero);
        var old = TensorGuard.Like(oldLogProbs, valid).detach().masked_fill(ignored, Scalars.Zero);
        var result = OfClean(clean, clean.sub(old), TensorGuard.Tokens(advantages.detach(), ignored), ignored, options);
        result.PerToken.MoveToOuterDisposeScope();
        result.ClippedLow?.MoveToOuterDisposeScope();
        result.ClippedHigh?.MoveToOuterDisposeScope();
        result.DualClipped?.MoveToOuterDisposeScope();
        return result;
    }

    /// <summary>The loss from tensors that are 0 where ignored; runs in the scope of the caller.</summary>
    internal static PolicyLossResult OfClean(Tensor logProbs, Tensor logRatio, Tensor advantages, Tensor ignored, PolicyLossOptions options)
    {
        var input = new PolicyLossInput(logProbs, Ratio(logProbs, logRatio, ignored, options), advantages, ignored, options);
        var result = options.Kind switch
        {
            PolicyLossKind.Clipped => ClippedLoss.PerToken(input),
            PolicyLossKind.Cispo => CispoLoss.PerToken(input),
            PolicyLossKind.Sapo => SapoLoss.PerToken(input),
            PolicyLossKind.Gmpo => GmpoLoss.PerToken(input),
            PolicyLossKind.Reinforce => ReinforceLoss.PerToken(input),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Kind, "Unknown policy loss."),
        };
        return result with { PerToken = result.PerToken.masked_fill(ignored, Scalars.Zero) };
    }

    /// <summary>log r at the chosen level, bounded when an option says so.</summary>
    private static Tensor Ratio(Tensor logProbs, Tensor logRatio, Tensor ignored, PolicyLossOptions options)
    {
        if (options.RatioLevel != RatioLevel.Token)
        {
            var tokens = ignored.logical_not().sum(1, keepdim: true).clamp_min(Scalars.One);
            var mean = logRatio.sum(1, keepdim: true).div(tokens);
            logRatio = options.RatioLevel == RatioLevel.Sequence
                ? mean.expand(logRatio.shape).masked_fill(ignored, Scalars.Zero)
                : logProbs.sub(logProbs.detach()).add(mean.detach(), Scalars.One).masked_fill(ignored, Scalars.Zero);
        }
        if (options.LogRatioBound is not { } bound) return logRatio;
        using var low = (-bound).ToScalar();
        using var high = bound.ToScalar();
        return logRatio.clamp(low, high);
    }
}
