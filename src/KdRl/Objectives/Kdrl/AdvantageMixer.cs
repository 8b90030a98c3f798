using KdRl.Distillation;
using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>How the teacher enters the advantages; formulas at <see cref="Combination"/>. Runs in the scope of the caller.</summary>
internal static class AdvantageMixer
{
    /// <summary>Advantages with the teacher in them.</summary>
    /// <param name="advantages">A, <c>[b,T]</c>.</param>
    /// <param name="difference">d after clip, floor and discount, <c>[b,T]</c>, 0 where ignored.</param>
    /// <param name="weight">β times the gate, <c>[b,1]</c>.</param>
    /// <param name="options">The mode and its ε.</param>
    public static Tensor Mix(Tensor advantages, Tensor difference, Tensor weight, DistillationOptions options)
    {
        var rest = weight.sub(Scalars.One).neg();
        return options.Combination switch
        {
            Combination.Add => advantages.add(difference.mul(weight), Scalars.One),
            Combination.Replace => advantages.mul(rest).add(difference.mul(weight), Scalars.One),
            Combination.Multiply => advantages.mul(rest.add(Rlsd.Sizes(advantages, difference, options.MultiplyClip ?? DefaultMultiplyClip).mul(weight), Scalars.One)),
            _ => advantages,
        };
    }

    private const double DefaultMultiplyClip = 0.2;
}
