namespace KdRl.Rewards;

/// <summary>A response taken apart into what the model thought and what it answered.</summary>
/// <param name="Reasoning">The text before the last closing tag, without an opening tag at its start; empty when there is no closing tag.</param>
/// <param name="Answer">The text after the last closing tag; the whole text when there is none.</param>
/// <param name="WellFormed">
/// There is exactly one closing tag, at most one opening tag, and that at the start. A template may open the reasoning in the prompt, so
/// the opening tag may be missing.
/// </param>
public readonly record struct ReasoningSplit(string Reasoning, string Answer, bool WellFormed)
{
    /// <summary>Opens the reasoning unless another tag is named.</summary>
    public const string DefaultOpenTag = "<think>";

    /// <summary>Closes the reasoning unless another tag is named.</summary>
    public const string DefaultCloseTag = "</think>";

    /// <summary>The reasoning was opened and never closed: the response was cut off and has no answer.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Splits a response at its <b>last</b> closing tag.</summary>
    /// <param name="text">The response. Time is linear in its length.</param>
    /// <param name="openTag">Opens the reasoning.</param>
    /// <param name="closeTag">Closes it.</param>
    /// <exception cref="ArgumentException">A tag is empty.</exception>
    public static ReasoningSplit Parse(string text, string openTag = DefaultOpenTag, string closeTag = DefaultCloseTag)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(openTag);
        ArgumentException.ThrowIfNullOrEmpty(closeTag);
        var close = text.LastIndexOf(closeTag, StringComparison.Ordinal);
        if (close < 0) return new ReasoningSplit("", text, false) { Unfinished = text.Contains(openTag, StringComparison.Ordinal) };

        var (before, answer) = (text[..close], text[(close + closeTag.Length)..]);
        var opened = before.TrimStart().StartsWith(openTag, StringComparison.Ordinal);
        var reasoning = opened ? before.TrimStart()[openTag.Length..] : before;
        var wellFormed = !reasoning.Contains(openTag, StringComparison.Ordinal) && !reasoning.Contains(closeTag, StringComparison.Ordinal)
            && !answer.Contains(openTag, StringComparison.Ordinal);
        return new ReasoningSplit(reasoning, answer, wellFormed) { Unfinished = answer.Contains(openTag, StringComparison.Ordinal) };
    }
}
