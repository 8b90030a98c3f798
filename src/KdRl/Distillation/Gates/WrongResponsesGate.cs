using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>1[wrong]: distils only wrong responses, so that right ones are not held back.</summary>
/// <remarks>Response-level masking, KDRL, arXiv 2506.02208 section 3.4. Unknown verdict: 0.</remarks>
public sealed class WrongResponsesGate : IDistillationGate
{
    /// <inheritdoc/>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () => DistillationGate.Wrong(groups));
}
