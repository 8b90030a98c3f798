using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How repetition is punished. The published form is a penalty by string hashing that is light beside the main reward; its window is not published.</summary>
public sealed class RepetitionOptions
{
    /// <summary>The penalty of a response that is nothing but repetition.</summary>
    /// <value>The default value is 1, the full scale: give it a light weight where rewards are combined.</value>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Weight { get; set; } = 1;

    /// <summary>Tokens or words in a window.</summary>
    /// <value>The default value is 16. TRL and open-r1 use 3.</value>
    [Range(1, int.MaxValue)]
    public int WindowLength { get; set; } = 16;

    /// <summary>The longest block whose immediate repetition counts by itself (<see cref="Repetition.RunShare"/>). 0: only windows count.</summary>
    /// <value>The default value is 256.</value>
    [Range(0, 4096)]
    public int MaxPeriod { get; set; } = Repetition.DefaultMaxPeriod;

    /// <summary>What is counted.</summary>
    /// <value>The default value is <see cref="RepetitionUnit.Tokens"/>.</value>
    [EnumDataType(typeof(RepetitionUnit))]
    public RepetitionUnit Unit { get; set; }
}
