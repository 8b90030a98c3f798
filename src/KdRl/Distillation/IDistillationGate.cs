using static TorchSharp.torch;

namespace KdRl.Distillation;

/// <summary>Chooses which responses are distilled, and how strongly.</summary>
public interface IDistillationGate
{
    /// <summary>Weights of the teacher term, one a response.</summary>
    /// <param name="groups">What is known of the responses of the whole optimiser step.</param>
    /// <returns><c>float32 [B]</c>, not negative; 0 means no distillation on that response.</returns>
    Tensor Weights(GroupView groups);
}
