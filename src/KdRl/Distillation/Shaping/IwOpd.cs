using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>IW-OPD: early tokens weigh more, since a response that has left the teacher's ground teaches less from there on.</summary>
public static class IwOpd
{
    /// <summary>A_t = w_t d_t with w_t = 1 + γ (1 − P_t / max(P_end, ε)), P_t = Σ_{s&lt;t} |d_s| before the token and P_end the sum of the response.</summary>
    /// <param name="difference">d = teacher − sampler (or student) log-prob, <c>float [B,L]</c>; what lies outside the mask never matters.</param>
    /// <param name="mask">Tokens that count, <c>bool [B,L]</c>.</param>
    /// <param name="gamma">γ, finite, not negative: 0 is plain distillation. The default is 0.5.</param>
    /// <param name="epsilon">ε, finite and positive: guards responses on which the models agree. The default is 1e-8.</param>
    /// <returns>Detached <c>float [B,L]</c>, 0 outside the mask.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or a number lies outside its range.</exception>
    public static Tensor TokenAdvantages(Tensor difference, Tensor mask, double gamma = 0.5, double epsilon = 1e-8)
    {
        TensorChecks.Floating(difference, nameof(difference));
        TensorChecks.Dimensions(difference, nameof(difference), 2, "[B,L]");
        TensorChecks.Bool(mask, nameof(mask));
        TensorChecks.SameShape(mask, nameof(mask), difference, nameof(difference));
        if (!double.IsFinite(gamma) || gamma < 0) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, $"'gamma' must be finite and not negative; found {gamma}.");
        if (!double.IsFinite(epsilon) || epsilon <= 0) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"'epsilon' must be finite and positive; found {epsilon}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var smallest = epsilon.ToScalar();
        using var minusGamma = (-gamma).ToScalar();
        using var onePlusGamma = (1 + gamma).ToScalar();
        var own = difference.masked_fill(mask.logical_not(), Scalars.Zero);
        var size = own.abs();
        var before = size.cumsum(1).sub(size);
        var share = before.div(size.sum(1, keepdim: true).clamp_min(smallest));
        return own.mul(share.mul(minusGamma).add(onePlusGamma, Scalars.One)).MoveToOuterDisposeScope();
    }
}
