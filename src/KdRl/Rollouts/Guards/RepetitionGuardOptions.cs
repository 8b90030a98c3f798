using System.ComponentModel.DataAnnotations;

namespace KdRl.Rollouts;

/// <summary>
/// When a completion counts as caught in a loop, and how it is helped out. Pangu Embedded (arXiv 2505.22375) publishes the method, not these
/// numbers: the defaults are ours.
/// </summary>
public sealed class RepetitionGuardOptions
{
    /// <summary>n, tokens of the sequences that are counted.</summary>
    /// <value>The default value is 16.</value>
    [Range(1, 1024)]
    public int NGram { get; set; } = 16;

    /// <summary>Tokens of the recent past in which they are counted; at least n + <see cref="MinCount"/> − 1.</summary>
    /// <value>The default value is 1024.</value>
    [Range(2, 1_048_576)]
    public int Window { get; set; } = 1024;

    /// <summary>How often the last n tokens must stand in the window, themselves included, overlaps too.</summary>
    /// <value>The default value is 4.</value>
    [Range(2, 1_048_576)]
    public int MinCount { get; set; } = 4;

    /// <summary>How many loops are answered by the control prompt; the next one ends the thinking, and one after it, or in the answer, the completion.</summary>
    /// <value>The default value is 2.</value>
    [Range(0, 1000)]
    public int MaxRepairs { get; set; } = 2;

    /// <summary>The control prompt that is written into the completion.</summary>
    /// <value>The default value says, in English, that the text repeats itself and goes on in another way.</value>
    [Required(AllowEmptyStrings = false)]
    public string RepairText { get; set; } = "\n\nWait, I am repeating myself. I stop here and go on in another way.\n\n";
}
