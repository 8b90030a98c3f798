using System.ComponentModel.DataAnnotations;

namespace KdRl.Training;

/// <summary>Draws other prompts in place of groups whose scores are all equal, which teach a policy gradient nothing.</summary>
/// <remarks>
/// DAPO (2503.14476), section 3.2, with a bound: what is still missing after the last round is filled with the first of the constant
/// groups, so that a step always has its number of prompts.
/// </remarks>
public sealed class DynamicSamplingOptions
{
    /// <summary>The most rounds of drawing anew in one step; 0 turns it off.</summary>
    /// <value>The default value is 0.</value>
    [Range(0, 1000)]
    public int MaxRefillRounds { get; set; }
}
