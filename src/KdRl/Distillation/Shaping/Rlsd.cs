using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>RLSD: the reward decides the sign of each token's advantage, the teacher its size.</summary>
/// <remarks>arXiv 2604.03128.</remarks>
public static class Rlsd
{
    /// <summary>A_t = A · [(1 − l) + l · clip(exp(sign(A) d_t), 1 − ε, 1 + ε)].</summary>
    /// <param name="advantages">Advantage of each response or token, <c>float [B]</c> or <c>[B,L]</c>.</param>
    /// <param name="difference">d = teacher − student, <c>float [B,L]</c>, filled outside the mask (<see cref="TeacherReward.Difference"/>).</param>
    /// <param name="mix">l in [0, 1]: 0 leaves the advantage alone. The default is 1.</param>
    /// <param name="epsilon">ε in [0, 1). The default is 0.2.</param>
    /// <returns>Detached <c>float [B,L]</c> with the sign of the advantage.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or a number lies outside its range.</exception>
    public static Tensor TokenAdvantages(Tensor advantages, Tensor difference, double mix = 1, double epsilon = 0.2)
    {
        if (!(mix is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(mix), mix, $"'mix' must lie in [0, 1]; found {mix}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var l = mix.ToScalar();
        using var rest = (1 - mix).ToScalar();
        var sizes = Sizes(advantages, difference, epsilon);
        return TokenBroadcast.Of(advantages, nameof(advantages), difference, nameof(difference))
            .mul(sizes.mul(l).add(rest, Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <summary>The factor itself, clip(exp(sign(A) d_t), 1 − ε, 1 + ε), for a mix that differs by response.</summary>
    /// <param name="advantages">Advantage of each response or token, <c>float [B]</c> or <c>[B,L]</c>.</param>
    /// <param name="difference">d = teacher − student, <c>float [B,L]</c>, filled outside the mask.</param>
    /// <param name="epsilon">ε in [0, 1). The default is 0.2.</param>
    /// <returns>Detached <c>float [B,L]</c>; 1 where the advantage is 0.</returns>
    /// <exception cref="ArgumentException">Shapes or types do not fit, or ε lies outside its range.</exception>
    public static Tensor Sizes(Tensor advantages, Tensor difference, double epsilon = 0.2)
    {
        TensorChecks.Floating(difference, nameof(difference));
        TensorChecks.Dimensions(difference, nameof(difference), 2, "[B,L]");
        if (!(epsilon is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"'epsilon' must lie in [0, 1); found {epsilon}.");
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        using var low = (1 - epsilon).ToScalar();
        using var high = (1 + epsilon).ToScalar();
        var perToken = TokenBroadcast.Of(advantages, nameof(advantages), difference, nameof(difference));
        return perToken.sign().mul(difference).exp().clamp(low, high).MoveToOuterDisposeScope();
    }
}
