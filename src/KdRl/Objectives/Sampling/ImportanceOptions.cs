using System.ComponentModel.DataAnnotations;

namespace KdRl.Objectives;

/// <summary>Correction for tokens that the sampler drew with other probabilities than the trainer finds: a detached weight on the policy loss alone.</summary>
/// <remarks>Truncated importance sampling as in verl and TRL.</remarks>
public sealed class ImportanceOptions
{
    /// <summary>Over what the weight is taken.</summary>
    /// <value>The default value is <see cref="ImportanceLevel.Token"/>.</value>
    public ImportanceLevel Level { get; set; } = ImportanceLevel.Token;

    /// <summary>What happens outside the bounds.</summary>
    /// <value>The default value is <see cref="ImportanceAction.Truncate"/>.</value>
    public ImportanceAction Action { get; set; } = ImportanceAction.Truncate;

    /// <summary>Least weight.</summary>
    /// <value>The default value is 0: none.</value>
    [Range(0.0, double.MaxValue)]
    public double Lower { get; set; }

    /// <summary>Greatest weight.</summary>
    /// <value>The default value is 2.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Upper { get; set; } = 2;

    /// <summary>Divides the weights by their mean over the tokens of the step (of the sequences, at a sequence level). Needs old log-probs.</summary>
    /// <value>The default value is false.</value>
    public bool BatchNormalise { get; set; }

    /// <summary>Bound of the logarithm of the weight before the exponential.</summary>
    /// <value>The default value is 20.</value>
    [Range(0.0, 80.0, MinimumIsExclusive = true)]
    public double LogBound { get; set; } = 20;
}
