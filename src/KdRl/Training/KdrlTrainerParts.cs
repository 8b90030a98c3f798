using KdRl.Distillation;
using KdRl.Rewards;
using KdRl.Rollouts;
using KdRl.Tensors;

namespace KdRl.Training;

/// <summary>What a <see cref="KdrlTrainer"/> works with. The trainer uses these and disposes none of them.</summary>
public sealed class KdrlTrainerParts
{
    /// <summary>The model that is trained: also a <c>torch.nn.Module</c>. With <see cref="IPretrainedModel"/>, checkpoints are Hugging Face directories too.</summary>
    public required ICausalModel Policy { get; init; }

    /// <summary>Draws completions from the policy.</summary>
    public required IRolloutEngine Engine { get; init; }

    /// <summary>The thread on which the policy's tensors live.</summary>
    public required TorchThread Thread { get; init; }

    /// <summary>
    /// Further threads on which micro-batches of an update are computed beside <see cref="Thread"/>, with the same result to the
    /// last bit. Small models on a CPU gain from it: their operations are too short to be spread over several threads. Each
    /// helper holds the activations of one micro-batch and a set of gradients; see also <see cref="DividedEngine"/> and the
    /// <c>threads</c> of <see cref="TorchThread"/>. Empty by default.
    /// </summary>
    public IReadOnlyList<TorchThread> Helpers { get; init; } = [];

    /// <summary>The prompts to train on, in any order; ids are unique.</summary>
    public required IReadOnlyList<Prompt> Prompts { get; init; }

    /// <summary>Prompts that are only examined. Null: no evaluation.</summary>
    public IReadOnlyList<Prompt>? HeldOut { get; init; }

    /// <summary>Scores completions. Null: pure distillation.</summary>
    public IReward? Reward { get; init; }

    /// <summary>Judges answers on the held-out prompts. Null: <see cref="Reward"/>.</summary>
    public IReward? EvaluationReward { get; init; }

    /// <summary>The teacher. Null: pure reinforcement learning.</summary>
    public ITeacher? Teacher { get; init; }

    /// <summary>The model to which a KL term holds the policy. Null: none.</summary>
    public ITeacher? Reference { get; init; }

    /// <summary>The base model of reward extrapolation. Null: none.</summary>
    public ITeacher? Base { get; init; }

    /// <summary>Further state to save and restore with the run, beside that of the parts above.</summary>
    public IReadOnlyList<ICheckpointed> State { get; init; } = [];

    /// <summary>Decodes one token for samples and report. Null: token ids are shown.</summary>
    public Func<int, string>? TokenText { get; init; }
}
