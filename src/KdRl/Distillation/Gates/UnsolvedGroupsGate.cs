using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>1[every response of the group is wrong]: distils only prompts that the student does not solve, where GRPO has no gradient.</summary>
/// <remarks>
/// Group-level masking, KDRL, arXiv 2506.02208 section 3.4. A group with an unknown verdict does not count as unsolved: all its
/// weights are 0.
/// </remarks>
public sealed class UnsolvedGroupsGate : IDistillationGate
{
    /// <inheritdoc/>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () =>
    {
        var notWrong = DistillationGate.Wrong(groups).logical_not().to(ScalarType.Float32);
        return GroupSum.OfRow(notWrong, groups.Groups).eq(Scalars.Zero);
    });
}
