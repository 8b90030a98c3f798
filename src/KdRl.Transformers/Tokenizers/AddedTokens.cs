using System.Text.Json;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Tokens that are looked up in the text before it is cut into words: special ones, which decoding can leave out, and others.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, int> ids = [];

    /// <param name="path">Named in errors.</param>
    /// <param name="list"><c>added_tokens</c> of tokenizer.json.</param>
    /// <param name="normalizer">Applied to the tokens that are looked up in normalised text.</param>
    public AddedTokens(string path, IReadOnlyList<JsonElement> list, TextNormalizer normalizer)
    {
        List<AddedToken> raw = [], normalized = [];
        foreach (var item in list)
        {
            if (item.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: added_tokens has a JSON {item.ValueKind}; expected objects.");
            var json = new JsonFields($"{path}: added_tokens", item);
            var (content, id) = (json.RequiredText("content"), json.Required("id"));
            if (json.Flag("single_word")) throw json.Bad("single_word", $"false for '{content}', the only value supported");
            if (content.Length == 0 || !ids.TryAdd(content, id)) throw json.Bad("content", "a text of its own, not empty");
            if (id is < 0 or > BytePairModel.LargestId) throw json.Bad("id", $"0 to {BytePairModel.LargestId}");
            if (json.Flag("special")) Special.Add(id);
            var token = new AddedToken(json.Flag("normalized") ? normalizer.Apply(content) : content, id, json.Flag("lstrip"), json.Flag("rstrip"));
            if (token.Text.Length > 0) (json.Flag("normalized") ? normalized : raw).Add(token);
        }
        (InRawText, InNormalizedText) = (new TokenFinder(raw), new TokenFinder(normalized));
    }

    public IReadOnlyDictionary<string, int> Ids => ids;

    public HashSet<int> Special { get; } = [];

    public TokenFinder InRawText { get; }

    public TokenFinder InNormalizedText { get; }
}
