namespace KdRl.Rollouts;

/// <summary>How thinking ends, in tokens.</summary>
public sealed class ThinkingEnd
{
    /// <summary>Thinking that ends with a tag.</summary>
    /// <param name="tag">Tokens of the closing tag as the policy writes it, such as those of <c>&lt;/think&gt;</c>.</param>
    /// <param name="text">Tokens that are written where thinking is ended from outside; they contain the tag. Null: the tag alone.</param>
    /// <exception cref="ArgumentException">The tag is empty, or the text does not contain it.</exception>
    public ThinkingEnd(IReadOnlyList<int> tag, IReadOnlyList<int>? text = null)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (tag.Count == 0) throw new ArgumentException("The closing tag has no tokens; expected at least one.", nameof(tag));
        (Tag, Text) = ([.. tag], [.. text ?? tag]);
        var finder = new TokenSequenceFinder(Tag);
        if (!Text.Any(finder.Ends)) throw new ArgumentException("The text that ends the thinking does not contain the tokens of the closing tag; expected it to.", nameof(text));
    }

    /// <summary>Tokens of the closing tag.</summary>
    public IReadOnlyList<int> Tag { get; }

    /// <summary>Tokens that are written where thinking is ended from outside.</summary>
    public IReadOnlyList<int> Text { get; }

    /// <summary>Makes both from text.</summary>
    /// <param name="tag">The closing tag.</param>
    /// <param name="text">What is written where thinking is ended from outside, the tag in it.</param>
    /// <param name="encode">The tokenizer, without special tokens of its own.</param>
    /// <exception cref="ArgumentException">The text lacks the tag. A tokenizer that would merge the tag with what stands beside it does not matter: the parts are encoded one by one.</exception>
    public static ThinkingEnd Of(string tag, string text, Func<string, IReadOnlyList<int>> encode)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(encode);
        var at = text.IndexOf(tag, StringComparison.Ordinal);
        if (at < 0) throw new ArgumentException($"The text that ends the thinking is '{text}'; expected it to contain the tag {tag}.", nameof(text));
        var closing = encode(tag);
        return new ThinkingEnd(closing, [.. Encode(text[..at]), .. closing, .. Encode(text[(at + tag.Length)..])]);

        IReadOnlyList<int> Encode(string part) => part.Length == 0 ? [] : encode(part);
    }
}
