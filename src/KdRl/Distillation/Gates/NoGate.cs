using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Weight 1 for every response, known verdict or not.</summary>
public sealed class NoGate : IDistillationGate
{
    /// <inheritdoc/>
    public Tensor Weights(GroupView groups) => DistillationGate.Weigh(groups, () => ones_like(groups.Correct));
}
