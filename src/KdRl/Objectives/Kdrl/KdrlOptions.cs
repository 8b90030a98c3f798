using System.ComponentModel.DataAnnotations;
using KdRl.Rewards;
using Microsoft.Extensions.Options;

namespace KdRl.Objectives;

/// <summary>
/// What a run minimises: policy loss + β · teacher term + coefficient · reference KL − coefficient · entropy, all over the
/// counts of the whole optimiser step. The defaults are KDRL's (arXiv 2506.02208). The static factories
/// name the published variants; <see cref="KdrlOptionsValidator"/> refuses what cannot work or has no effect.
/// </summary>
public sealed partial class KdrlOptions
{
    /// <summary>Learns from rewards. Without, the teacher alone says what is good (pure on-policy distillation).</summary>
    /// <value>The default value is true.</value>
    public bool UseRewards { get; set; } = true;

    /// <summary>How rewards become advantages; without effect on batches that bring their own.</summary>
    /// <value>The default value is GRPO's.</value>
    [Required]
    [ValidateObjectMembers]
    public AdvantageOptions Advantage { get; set; } = new();

    /// <summary>Weights of the rewards of a batch with several (GDPO), one a reward.</summary>
    /// <value>The default value is null: 1 each.</value>
    public IReadOnlyList<double>? RewardWeights { get; set; }

    /// <summary>The policy loss.</summary>
    /// <value>The default value is the clipped ratio with bounds 0.8 and 1.2.</value>
    [Required]
    [ValidateObjectMembers]
    public PolicyLossOptions Policy { get; set; } = new();

    /// <summary>How token losses become one number, the same for all terms.</summary>
    /// <value>The default value is <see cref="LossAggregation.TokenMean"/>.</value>
    public LossAggregation Aggregation { get; set; } = LossAggregation.TokenMean;

    /// <summary>The constant of <see cref="LossAggregation.SequenceSumOverConstant"/>, which needs it.</summary>
    /// <value>The default value is null.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double? AggregationConstant { get; set; }

    /// <summary>What the token mean divides by.</summary>
    /// <value>The default value is <see cref="TokenNormaliser.BatchTokens"/>.</value>
    public TokenNormaliser TokenNormaliser { get; set; } = TokenNormaliser.BatchTokens;

    /// <summary>Leaves responses of advantage 0 out of the policy loss and the reference KL, and of what these are divided by.</summary>
    /// <value>The default value is false.</value>
    public bool ZeroAdvantageMask { get; set; }

    /// <summary>Corrects for a sampler whose log-probs differ from the trainer's.</summary>
    /// <value>The default value is null: none.</value>
    [ValidateObjectMembers]
    public ImportanceOptions? Importance { get; set; }

    /// <summary>Drops what sampler and trainer disagree on from the policy loss; a token must pass every rule.</summary>
    /// <value>The default value is empty.</value>
    [Required]
    [ValidateEnumeratedItems]
    public IReadOnlyList<RejectionOptions> Rejections { get; set; } = [];

    /// <summary>Lowers the reward of responses that come near the length limit.</summary>
    /// <value>The default value is null: none.</value>
    [ValidateObjectMembers]
    public SoftOverlongOptions? SoftOverlong { get; set; }

    /// <summary>Leaves responses that were cut at the length limit out of every term (DAPO's overlong filtering).</summary>
    /// <value>The default value is false.</value>
    public bool OverlongFilter { get; set; }

    /// <summary>The teacher's part.</summary>
    /// <value>The default value is KDRL's; null: no teacher.</value>
    [ValidateObjectMembers]
    public DistillationOptions? Distillation { get; set; } = new();

    /// <summary>The penalty for leaving a reference model.</summary>
    /// <value>The default value is null: none.</value>
    [ValidateObjectMembers]
    public ReferenceKlOptions? ReferenceKl { get; set; }

    /// <summary>Weight of the entropy bonus, subtracted from the loss; negative values punish entropy.</summary>
    /// <value>The default value is 0: no entropy term.</value>
    public double EntropyCoefficient { get; set; }
}
