using System.ComponentModel.DataAnnotations;

namespace KdRl.Rollouts;

/// <summary>How thinking ends where it does not end by itself.</summary>
public sealed class ThinkingOptions
{
    /// <summary>Tokens that the policy may write before its thinking is closed (<see cref="ThinkingBudget"/>). What is injected does not count.</summary>
    /// <value>The default value is null: no budget; then the options only tell <see cref="SamplingOptions.RepetitionGuard"/> how to end the thinking.</value>
    [Range(1, int.MaxValue)]
    public int? MaxTokens { get; set; }

    /// <summary>The tag that closes the thinking, as the tokenizer knows it.</summary>
    /// <value>The default value is <c>&lt;/think&gt;</c>.</value>
    [Required]
    public string CloseTag { get; set; } = "</think>";

    /// <summary>What is written to end the thinking; it contains the tag.</summary>
    /// <value>The default value says, in English, that the time is up, and closes the tag.</value>
    [Required]
    public string EndText { get; set; } = "\n\nMy time to think is up; I give my answer now.\n</think>\n\n";
}
