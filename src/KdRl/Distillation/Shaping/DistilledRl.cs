using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Distilled RL: the teacher spreads a good response's advantage over its tokens and leaves bad responses alone.</summary>
/// <remarks>arXiv 2607.17247.</remarks>
public static class DistilledRl
{
    /// <summary>
    /// w_t = clip(exp(d_t), 1/c, c) divided by its geometric mean over the response where the advantage is positive; 1 elsewhere.
    /// </summary>
    /// <param name="difference">d = teacher − old log-prob, <c>float [B,L]</c>; what lies outside the mask never matters.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>.</param>
    /// <param name="advantages">Advantage of each response, <c>float [B]</c>.</param>
    /// <param name="bound">c, above 1. The default is 3.</param>
    /// <returns>Detached <c>float [B,L]</c>; the counted weights of a response multiply to 1; 1 outside the mask.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or c is not finite and above 1.</exception>
    public static Tensor Weights(Tensor difference, Tensor mask, Tensor advantages, double bound = 3)
    {
        TensorChecks.Floating(difference, nameof(difference));
        TensorChecks.Dimensions(difference, nameof(difference), 2, "[B,L]");
        TensorChecks.Bool(mask, nameof(mask));
        TensorChecks.SameShape(mask, nameof(mask), difference, nameof(difference));
        TensorChecks.Floating(advantages, nameof(advantages));
        if (advantages.dim() != 1 || advantages.shape[0] != difference.shape[0])
            throw new ArgumentException($"'advantages' has shape {TensorChecks.Shape(advantages)}; expected [{difference.shape[0]}].", nameof(advantages));
        if (!double.IsFinite(bound) || bound <= 1)
            throw new ArgumentOutOfRangeException(nameof(bound), bound, $"'bound' must be finite and above 1; found {bound}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var low = (-Math.Log(bound)).ToScalar();
        using var high = Math.Log(bound).ToScalar();
        var outside = mask.logical_not();
        var logWeights = difference.masked_fill(outside, Scalars.Zero).clamp(low, high);
        var count = mask.sum(1, keepdim: true).clamp_min(Scalars.One).to(difference.dtype);
        var centred = logWeights.sub(logWeights.sum(1, keepdim: true).div(count));
        var neutral = outside.logical_or(advantages.gt(Scalars.Zero).logical_not().unsqueeze(1));
        return centred.masked_fill(neutral, Scalars.Zero).exp().MoveToOuterDisposeScope();
    }
}
