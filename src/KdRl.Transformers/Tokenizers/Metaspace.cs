using System.Text.RegularExpressions;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// SentencePiece's way with blanks, as a pre-tokenizer and a decoder of newer files: they are written as ▁, one is put before the text,
/// and where the tokenizer cuts words each starts with one.
/// </summary>
internal sealed class Metaspace
{
    private readonly string replacement;
    private readonly bool prepends, prependsFirstOnly;

    /// <exception cref="InvalidDataException">A value is not supported.</exception>
    public Metaspace(JsonFields json)
    {
        replacement = json.Text("replacement") ?? "▁";
        if (replacement.EnumerateRunes().Count() != 1) throw json.Bad("replacement", "one character");
        var scheme = json.Text("prepend_scheme") ?? "always";
        if (scheme is not ("always" or "first" or "never")) throw json.Bad("prepend_scheme", "always, first or never");
        // Files older than the scheme only say whether.
        if (json.Has("add_prefix_space") && !json.Flag("add_prefix_space"))
        {
            if (json.Has("prepend_scheme") && scheme != "never") throw json.Bad("add_prefix_space", $"true beside prepend_scheme '{scheme}'");
            scheme = "never";
        }
        (prepends, prependsFirstOnly) = (scheme != "never", scheme == "first");
        CutsWords = !json.Has("split") || json.Flag("split");
    }

    /// <summary>Whether words are encoded on their own.</summary>
    public bool CutsWords { get; }

    /// <summary>Finds the character that stands for a blank.</summary>
    public string Pattern => Regex.Escape(replacement);

    /// <param name="text">Some of a text.</param>
    /// <param name="isFirst">Whether the text starts with it.</param>
    public string Apply(string text, bool isFirst)
    {
        var written = text.Replace(" ", replacement, StringComparison.Ordinal);
        return prepends && (isFirst || !prependsFirstOnly) && !written.StartsWith(replacement, StringComparison.Ordinal) ? replacement + written : written;
    }

    /// <summary>Blanks again; those of the first token, where one was put before, are dropped.</summary>
    public List<string> Decode(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(replacement, i == 0 && prepends ? "" : " ", StringComparison.Ordinal))];
}
