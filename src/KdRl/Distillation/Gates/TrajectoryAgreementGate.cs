using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>
/// Distils a response only where the teacher pulls in the direction of the reward:
/// 1[(A &gt; 0 and L_T &gt; L_S + δ) or (A ≤ 0 and L_T &lt; L_S − δ)], L the summed log-prob of the response.
/// </summary>
/// <remarks>RG-OPD, arXiv 2607.04037. Needs advantages. Unknown verdict: 0.</remarks>
public sealed class TrajectoryAgreementGate : IDistillationGate
{
    /// <summary>Makes the gate.</summary>
    /// <param name="margin">δ, in nats over the whole response; finite, not negative. The default is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative, NaN or infinite.</exception>
    public TrajectoryAgreementGate(double margin = 0)
    {
        if (!double.IsFinite(margin) || margin < 0)
            throw new ArgumentOutOfRangeException(nameof(margin), margin, $"'margin' must be finite and not negative; found {margin}.");
        Margin = margin;
    }

    /// <summary>δ, in nats over the whole response.</summary>
    public double Margin { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no advantages, or no log-probs of the teacher.</exception>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () =>
    {
        var advantages = groups.Advantages
            ?? throw new ArgumentException("'Advantages' is null; the trajectory-agreement gate compares the teacher with the reward and needs them.", nameof(groups));
        var teacher = groups.TeacherLogProbs
            ?? throw new ArgumentException("'TeacherLogProbs' is null; the trajectory-agreement gate compares whole responses and needs the teacher's log-probs of the sampled tokens.", nameof(groups));
        using var margin = Margin.ToScalar();
        using var minusMargin = (-Margin).ToScalar();
        var gap = teacher.sub(groups.StudentLogProbs);
        var up = advantages.gt(Scalars.Zero).logical_and(gap.gt(margin));
        var down = advantages.le(Scalars.Zero).logical_and(gap.lt(minusMargin));
        return up.logical_or(down).logical_and(groups.Correct.isnan().logical_not());
    });
}
