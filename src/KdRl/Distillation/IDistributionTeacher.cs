using KdRl.Tensors;

namespace KdRl.Distillation;

/// <summary>
/// A teacher whose whole distribution can be had at each token: a model in this process that reads the policy's token ids. Asked
/// while the policy is differentiated, a micro-batch at a time, so nothing of the size of the vocabulary is kept.
/// </summary>
public interface IDistributionTeacher : ITeacher
{
    /// <summary>The model; its output head has the policy's vocabulary.</summary>
    ICausalModel Model { get; }

    /// <summary>The thread on which the model runs: the policy's.</summary>
    TorchThread Thread { get; }

    /// <summary>Divides the teacher's logits.</summary>
    double Temperature { get; }
}
