using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>The ends of the cosine length reward. The defaults are those of open-r1.</summary>
public sealed class CosineLengthOptions
{
    /// <summary>The length, in tokens, at which the curve ends.</summary>
    /// <value>There is no default: it must be set.</value>
    [Range(1, int.MaxValue)]
    public int MaxLength { get; set; }

    /// <summary>The reward of a right answer of length 0.</summary>
    /// <value>The default value is 1.</value>
    public double RightShort { get; set; } = 1;

    /// <summary>The reward of a right answer at the limit.</summary>
    /// <value>The default value is 0.5.</value>
    public double RightLong { get; set; } = 0.5;

    /// <summary>The reward of a wrong answer of length 0.</summary>
    /// <value>The default value is −1.</value>
    public double WrongShort { get; set; } = -1;

    /// <summary>The reward of a wrong answer at the limit.</summary>
    /// <value>The default value is −0.5.</value>
    public double WrongLong { get; set; } = -0.5;
}
