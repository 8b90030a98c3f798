using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>How the ratings of a rubric become a score.</summary>
public sealed class RubricOptions
{
    /// <summary>Names the reward in logs and metrics.</summary>
    /// <value>The default value is <c>rubric</c>.</value>
    [Required]
    public string Name { get; set; } = "rubric";

    /// <summary>How much more one level of dependency weighs than the next; 1 weighs all alike.</summary>
    /// <value>The default value is 3 (EssayBench).</value>
    [Range(1e-3, 1e3)]
    public double Alpha { get; set; } = 3;

    /// <summary>Which end of the dependencies weighs more.</summary>
    /// <value>The default value is <see cref="RubricDirection.FoundationFirst"/>.</value>
    public RubricDirection Direction { get; set; } = RubricDirection.FoundationFirst;

    /// <summary>Divides a trait's sum by its number of questions; otherwise traits with more questions weigh more.</summary>
    /// <value>The default value is true. No effect when all traits have the same number.</value>
    public bool DivideByQuestions { get; set; } = true;

    /// <summary>The prompt's metadata that names the genre.</summary>
    /// <value>The default value is <c>genre</c>.</value>
    [Required]
    public string GenreKey { get; set; } = "genre";
}
