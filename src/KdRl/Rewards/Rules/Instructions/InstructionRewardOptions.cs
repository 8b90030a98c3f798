using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How following instructions is rewarded.</summary>
public sealed class InstructionRewardOptions
{
    /// <summary>What following some of them earns.</summary>
    /// <value>The default value is <see cref="InstructionScoring.Share"/>.</value>
    [EnumDataType(typeof(InstructionScoring))]
    public InstructionScoring Scoring { get; set; }

    /// <summary>Counts what is followed loosely (<see cref="Instruction.IsFollowedLoosely"/>).</summary>
    /// <value>The default value is false: strictly, so that a policy does not learn introductions.</value>
    public bool Loose { get; set; }

    /// <summary>Characters an answer must have, white space aside, to earn anything: many instructions can be followed without saying anything.</summary>
    /// <value>The default value is 1.</value>
    [Range(1, int.MaxValue)]
    public int MinLength { get; set; } = 1;

    /// <summary>How instructions are checked.</summary>
    /// <value>The default value is strict about languages that cannot be told.</value>
    [Required]
    public InstructionOptions Checks { get; set; } = new();
}
