using System.ComponentModel.DataAnnotations;
using KdRl.Objectives;
using KdRl.Rollouts;
using KdRl.Training.Optimization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KdRl.Training;

/// <summary>Everything about a run but its models, prompts and rewards. Checked when the trainer is made.</summary>
public sealed class KdrlTrainerOptions
{
    /// <summary>Steps of the run: rollout batches drawn and learned from.</summary>
    /// <value>The default value is 100.</value>
    [Range(1L, long.MaxValue)]
    public long Steps { get; set; } = 100;

    /// <summary>Prompts a step; each has <see cref="SamplingOptions.GroupSize"/> rollouts.</summary>
    /// <value>The default value is 32.</value>
    [Range(1, int.MaxValue)]
    public int PromptsPerStep { get; set; } = 32;

    /// <summary>How often a step goes over its rollouts. More than once leaves the strictly on-policy regime.</summary>
    /// <value>The default value is 1.</value>
    [Range(1, 1000)]
    public int UpdateEpochs { get; set; } = 1;

    /// <summary>
    /// Minibatches of whole groups into which the rollouts of a step are split, one optimiser update each; at most <see cref="PromptsPerStep"/>.
    /// Statistics over the batch are then those of the minibatch.
    /// </summary>
    /// <value>The default value is 1: one update a step, strictly on-policy.</value>
    [Range(1, int.MaxValue)]
    public int MiniBatches { get; set; } = 1;

    /// <summary>The most tokens, padding included, that go through the policy at once. It bounds memory and does not change the result.</summary>
    /// <value>The default value is 16384.</value>
    [Range(1, int.MaxValue)]
    public int MicroBatchTokens { get; set; } = 16384;

    /// <summary>
    /// The most memory that the process may take in training, in bytes. The peak of a step is predicted when the trainer is made: micro-batches that would go
    /// beyond the limit are split; a sequence that cannot fit is refused. Models that do not tell what their activations take
    /// (<see cref="KdRl.Tensors.IActivationMemory"/>) are not limited, and the memory of an accelerator is not predicted.
    /// </summary>
    /// <value>The default value is null: what the process holds and what the machine or its container has free when the trainer is made.</value>
    [Range(1L, long.MaxValue)]
    public long? MemoryLimit { get; set; }

    /// <summary>Completions scored at the same time.</summary>
    /// <value>The default value is 64.</value>
    [Range(1, int.MaxValue)]
    public int MaxConcurrentRewards { get; set; } = 64;

    /// <summary>Decides the order of the prompts and, with the step, the seed of every draw.</summary>
    /// <value>The default value is 0.</value>
    public long Seed { get; set; }

    /// <summary>What is minimised.</summary>
    [Required]
#pragma warning disable SYSLIB1212 // The objective checks its own options, when it is made.
    public KdrlOptions Objective { get; set; } = new();
#pragma warning restore SYSLIB1212

    /// <summary>How completions are drawn. The seed is derived from <see cref="Seed"/> and the step and must stay 0 here.</summary>
    [Required, ValidateObjectMembers]
    public SamplingOptions Sampling { get; set; } = new();

    /// <summary>How weights are changed.</summary>
    [Required, ValidateObjectMembers]
    public AdamWOptions Optimizer { get; set; } = new();

    /// <summary>The learning rate by step.</summary>
    [Required, ValidateObjectMembers]
    public LearningRateOptions LearningRate { get; set; } = new();

    /// <summary>Refilling of groups whose scores are all equal.</summary>
    [Required, ValidateObjectMembers]
    public DynamicSamplingOptions DynamicSampling { get; set; } = new();

    /// <summary>Evaluation on held-out prompts.</summary>
    [Required, ValidateObjectMembers]
    public EvaluationOptions Evaluation { get; set; } = new();

    /// <summary>When the run ends early.</summary>
    [Required, ValidateObjectMembers]
    public EarlyStopOptions EarlyStop { get; set; } = new();

    /// <summary>Checkpoints.</summary>
    [Required, ValidateObjectMembers]
    public CheckpointOptions Checkpoints { get; set; } = new();

    /// <summary>The run folder.</summary>
    [Required, ValidateObjectMembers]
    public RunOutputOptions Output { get; set; } = new();

    /// <summary>Reads options from configuration.</summary>
    /// <param name="configuration">The section that holds the options, under the names of the properties here.</param>
    /// <exception cref="InvalidOperationException">A key is unknown, a value cannot be read, or a section that would turn something on is empty; the place is named.</exception>
    public static KdrlTrainerOptions Bind(IConfiguration configuration) => OptionsReader.Read<KdrlTrainerOptions>(configuration);
}
