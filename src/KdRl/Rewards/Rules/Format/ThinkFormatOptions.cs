using System.ComponentModel.DataAnnotations;

namespace KdRl.Rewards;

/// <summary>The tags of a reasoning response.</summary>
public sealed class ThinkFormatOptions
{
    /// <summary>Opens the thoughts.</summary>
    /// <value>The default value is <c>&lt;think&gt;</c>.</value>
    [Required]
    public string OpenTag { get; set; } = ReasoningSplit.DefaultOpenTag;

    /// <summary>Closes them.</summary>
    /// <value>The default value is <c>&lt;/think&gt;</c>.</value>
    [Required]
    public string CloseTag { get; set; } = ReasoningSplit.DefaultCloseTag;

    /// <summary>The prompt ends with the opening tag (as the chat templates of DeepSeek-R1 and of some Qwen models do), so the response must not repeat it.</summary>
    /// <value>The default value is false.</value>
    public bool PromptOpensThinking { get; set; }

    /// <summary>The answer stands in tags of its own, and nothing beside it.</summary>
    /// <value>The default value is false.</value>
    public bool RequireAnswerTags { get; set; }

    /// <summary>Opens the answer, where answer tags are required.</summary>
    /// <value>The default value is <c>&lt;answer&gt;</c>.</value>
    [Required]
    public string AnswerOpenTag { get; set; } = "<answer>";

    /// <summary>Closes the answer, where answer tags are required.</summary>
    /// <value>The default value is <c>&lt;/answer&gt;</c>.</value>
    [Required]
    public string AnswerCloseTag { get; set; } = "</answer>";
}
