using System.ComponentModel.DataAnnotations;

namespace KdRl.Rollouts;

/// <summary>How long a completion may think, and how its thinking ends.</summary>
public sealed class ThinkingBudgetOptions
{
    /// <summary>Tokens that the policy may write before its thinking must be closed. What is injected does not count.</summary>
    /// <value>There is no default: it must be set.</value>
    [Range(1, int.MaxValue)]
    public int MaxTokens { get; set; }

    /// <summary>The tag that closes the thinking.</summary>
    /// <value>The default value is <c>&lt;/think&gt;</c>.</value>
    [Required]
    public string CloseTag { get; set; } = "</think>";

    /// <summary>What is written at the budget; it contains the tag.</summary>
    /// <value>The default value says, in English, that the time is up, and closes the tag.</value>
    [Required]
    public string EndText { get; set; } = "\n\nMy time to think is up; I give my answer now.\n</think>\n\n";
}
