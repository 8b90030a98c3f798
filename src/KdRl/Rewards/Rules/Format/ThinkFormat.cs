namespace KdRl.Rewards;

/// <summary>The structure of a reasoning response: thoughts in one pair of tags, then the answer.</summary>
public static class ThinkFormat
{
    /// <summary>
    /// <c>open t close a</c> with t and a not blank and no tag inside them; a is <c>open-answer x close-answer</c> where answer tags are
    /// required. White space around the parts is free; nothing else is.
    /// </summary>
    /// <param name="text">The response. Time is linear in its length.</param>
    /// <param name="options">The tags; null: <c>&lt;think&gt;</c> without answer tags.</param>
    /// <remarks>Peers accept an empty thought, or text and a second answer behind the first; a policy learns that soon.</remarks>
    public static bool IsWellFormed(string text, ThinkFormatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new ThinkFormatOptions();
        var rest = text.AsSpan().Trim();
        if (!options.PromptOpensThinking && !TryCut(ref rest, options.OpenTag)) return false;
        var close = rest.IndexOf(options.CloseTag, StringComparison.Ordinal);
        if (close < 0) return false;
        var thought = rest[..close];
        var answer = rest[(close + options.CloseTag.Length)..].Trim();
        if (options.RequireAnswerTags)
        {
            if (!TryCut(ref answer, options.AnswerOpenTag) || !answer.EndsWith(options.AnswerCloseTag, StringComparison.Ordinal)) return false;
            answer = answer[..^options.AnswerCloseTag.Length];
        }

        return IsPart(thought, options) && IsPart(answer, options);
    }

    /// <summary>The share of the given tags that occur exactly once, in [0, 1]: a gentler signal for a policy that knows no format yet (open-r1).</summary>
    /// <param name="text">The response.</param>
    /// <param name="tags">The tags, whatever their order.</param>
    /// <exception cref="ArgumentException">There are no tags, or an empty one.</exception>
    public static double TagShare(string text, params IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tags);
        if (tags.Count == 0 || tags.Any(string.IsNullOrEmpty)) throw new ArgumentException("Expected at least one tag, and none of them empty.", nameof(tags));
        return tags.Count(tag => Occurrences.Count(text, tag, StringComparison.Ordinal) == 1) / (double)tags.Count;
    }

    private static bool TryCut(ref ReadOnlySpan<char> text, string prefix)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        text = text[prefix.Length..];
        return true;
    }

    private static bool IsPart(ReadOnlySpan<char> part, ThinkFormatOptions o) =>
        !part.IsWhiteSpace() && !Has(part, o.OpenTag) && !Has(part, o.CloseTag)
        && (!o.RequireAnswerTags || (!Has(part, o.AnswerOpenTag) && !Has(part, o.AnswerCloseTag)));

    private static bool Has(ReadOnlySpan<char> text, string tag) => text.Contains(tag, StringComparison.Ordinal);
}
