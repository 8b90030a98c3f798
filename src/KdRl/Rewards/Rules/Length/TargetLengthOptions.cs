using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How far from its target length a response may be (L1, arXiv 2503.04697).</summary>
public sealed class TargetLengthOptions
{
    /// <summary>The price of a token in the paper.</summary>
    public const double DefaultAlpha = 0.0003;

    /// <summary>What a right answer of exactly the budget earns.</summary>
    public const double DefaultDelta = 0.5;

    /// <summary>The metadata key of a prompt that names its target, in tokens.</summary>
    public const string DefaultMetadataKey = "target_length";

    /// <summary>The price of a token above (or, where exact, beside) the target.</summary>
    /// <value>The default value is 0.0003.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Alpha { get; set; } = DefaultAlpha;

    /// <summary>LCPO-Max takes the target as a budget; LCPO-Exact as the length to hit.</summary>
    /// <value>The default value is false: exact.</value>
    public bool TargetIsBudget { get; set; }

    /// <summary>What a right answer of exactly the budget earns. Only for a budget.</summary>
    /// <value>The default value is null: 0.5.</value>
    [Range(0.0, 1.0)]
    public double? Delta { get; set; }

    /// <summary>The metadata key under which a prompt names its target.</summary>
    /// <value>The default value is <c>target_length</c>.</value>
    [Required]
    public string MetadataKey { get; set; } = DefaultMetadataKey;

    /// <summary>The target of prompts that name none.</summary>
    /// <value>The default value is null: such prompts are not scored.</value>
    [Range(0, int.MaxValue)]
    public int? Target { get; set; }
}
