using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>4p(1 − p) with p the pass rate of the group: 1 where half of the responses are right, 0 where all or none are.</summary>
/// <remarks>
/// SSOPD, arXiv 2605.17497. p counts known verdicts only; a response without a verdict has weight 0.
/// </remarks>
public sealed class PassRateGate : IDistillationGate
{
    /// <inheritdoc/>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () =>
    {
        var right = GroupSum.OfRow(DistillationGate.Right(groups).to(ScalarType.Float32), groups.Groups);
        var wrong = GroupSum.OfRow(DistillationGate.Wrong(groups).to(ScalarType.Float32), groups.Groups);
        var known = right.add(wrong, Scalars.One);
        var weights = right.mul(wrong).div(known.mul(known)).mul(Four);
        return weights.masked_fill(groups.Correct.isnan(), Scalars.Zero);
    });

    private static readonly TorchSharp.Scalar Four = TorchSharp.ScalarExtensionMethods.ToScalar(4.0);
}
