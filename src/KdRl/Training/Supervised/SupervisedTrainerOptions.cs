using System.ComponentModel.DataAnnotations;
using KdRl.Training.Optimization;
using Microsoft.Extensions.Options;

namespace KdRl.Training;

/// <summary>How a model is taught from worked examples.</summary>
public sealed class SupervisedTrainerOptions
{
    /// <summary>Most steps.</summary>
    /// <value>The default value is 100.</value>
    [Range(1L, long.MaxValue)]
    public long Steps { get; set; } = 100;

    /// <summary>Examples a step.</summary>
    /// <value>The default value is 64.</value>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; set; } = 64;

    /// <summary>The most tokens, padding included, that go through the model at once. It bounds memory and does not change the result.</summary>
    /// <value>The default value is 16384.</value>
    [Range(1, int.MaxValue)]
    public int MicroBatchTokens { get; set; } = 16384;

    /// <summary>The most memory that the process may take in training, in bytes: see <see cref="KdrlTrainerOptions.MemoryLimit"/>.</summary>
    /// <value>The default value is null: what the process holds and what the machine or its container has free when the trainer is made.</value>
    [Range(1L, long.MaxValue)]
    public long? MemoryLimit { get; set; }

    /// <summary>Decides the order of the examples.</summary>
    /// <value>The default value is 0.</value>
    public long Seed { get; set; }

    /// <summary>How weights are changed.</summary>
    [Required, ValidateObjectMembers]
    public AdamWOptions Optimizer { get; set; } = new();

    /// <summary>The learning rate by step.</summary>
    [Required, ValidateObjectMembers]
    public LearningRateOptions LearningRate { get; set; } = new();
}
