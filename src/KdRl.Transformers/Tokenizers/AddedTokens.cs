using System.Buffers;
using System.Text.Json;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Tokens that are looked up in the raw text before anything else: special ones, which decoding can leave out, and others.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, int> ids = [];
    private readonly string[] byLength;
    private readonly SearchValues<string>? search;

    /// <param name="path">Named in errors.</param>
    /// <param name="list"><c>added_tokens</c> of tokenizer.json.</param>
    public AddedTokens(string path, IReadOnlyList<JsonElement> list)
    {
        foreach (var item in list)
        {
            if (item.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: added_tokens has a JSON {item.ValueKind}; expected objects.");
            var token = new JsonFields($"{path}: added_tokens", item);
            foreach (var key in new[] { "single_word", "lstrip", "rstrip", "normalized" })
                if (token.Flag(key)) throw token.Bad(key, $"false for '{token.Text("content")}', the only value supported");
            var (content, id) = (token.RequiredText("content"), token.Required("id"));
            if (content.Length == 0 || !ids.TryAdd(content, id)) throw token.Bad("content", "a text of its own, not empty");
            if (token.Flag("special")) Special.Add(id);
        }
        byLength = [.. ids.Keys.OrderByDescending(name => name.Length)];
        if (byLength.Length > 0) search = SearchValues.Create(byLength, StringComparison.Ordinal);
    }

    public IReadOnlyDictionary<string, int> Ids => ids;

    public HashSet<int> Special { get; } = [];

    /// <summary>The text cut at added tokens, leftmost and longest first: pieces of text, or ids.</summary>
    public IEnumerable<(string? Text, int Id)> Split(string text)
    {
        var from = 0;
        while (search is not null && from < text.Length)
        {
            var found = text.AsSpan(from).IndexOfAny(search);
            if (found < 0) break;
            if (found > 0) yield return (text.Substring(from, found), 0);
            from += found;
            var token = byLength.First(name => text.AsSpan(from).StartsWith(name, StringComparison.Ordinal));
            yield return (null, ids[token]);
            from += token.Length;
        }
        if (from < text.Length) yield return (text[from..], 0);
    }
}
