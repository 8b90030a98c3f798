using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>1[right]: distils only right responses.</summary>
/// <remarks>The choice of KEPO, arXiv 2602.00400. Unknown verdict: 0.</remarks>
public sealed class CorrectResponsesGate : IDistillationGate
{
    /// <inheritdoc/>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () => DistillationGate.Right(groups));
}
