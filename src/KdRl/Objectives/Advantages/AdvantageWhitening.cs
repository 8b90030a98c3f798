using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>Whitening of advantages over the valid tokens of a step: (A − μ) / √(σ² + ε), σ² the sample variance (REINFORCE++, arXiv 2501.03262).</summary>
public static class AdvantageWhitening
{
    /// <summary>Whitens advantages, as they may be given to <see cref="TrainingBatch.Advantages"/>.</summary>
    /// <param name="advantages">Advantages, <c>float [B]</c> or <c>[B,T]</c>.</param>
    /// <param name="mask">True on the tokens of the whole step that train, <c>bool [B,T]</c> (0/1 numbers are accepted).</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    /// <returns><c>[B,T]</c> without gradient, 0 outside the mask; all 0 when fewer than two tokens are valid.</returns>
    /// <exception cref="ArgumentException">Shapes differ or the advantages are not floating.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is negative or not finite.</exception>
    public static Tensor Whiten(Tensor advantages, Tensor mask, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(advantages);
        if (!double.IsFinite(epsilon) || epsilon < 0) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"epsilon is {epsilon}, expected 0 or more.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var minusEpsilon = (-epsilon).ToScalar();
        var valid = TensorGuard.Mask(mask);
        var ignored = valid.logical_not();
        var values = TensorGuard.Tokens(advantages, ignored);
        var n = valid.sum();
        if (n.item<long>() < 2) return zeros_like(values).MoveToOuterDisposeScope();
        var centred = values.sub(values.sum().div(n)).masked_fill(ignored, Scalars.Zero);
        var variance = centred.mul(centred).sum().div(n.sub(Scalars.One));
        return centred.mul(variance.sub(minusEpsilon).rsqrt()).MoveToOuterDisposeScope();
    }
}
