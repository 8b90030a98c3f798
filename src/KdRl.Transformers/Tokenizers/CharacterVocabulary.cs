using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KdRl.Transformers.Tokenizers;

/// <summary>Writes the files of a tokenizer whose tokens are single characters: byte-pair encoding without merges.</summary>
internal static class CharacterVocabulary
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="alphabet">The characters, in the order of their ids.</param>
    /// <param name="beginToken">Put before every text; null: none.</param>
    /// <param name="endToken">Ends a text; null: none.</param>
    /// <exception cref="ArgumentException">The alphabet is empty or repeats itself.</exception>
    public static Dictionary<string, byte[]> Files(string alphabet, string? beginToken, string? endToken)
    {
        var vocabulary = new JsonObject();
        foreach (var rune in alphabet.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) throw new ArgumentException("The alphabet has half a surrogate pair or U+FFFD; expected whole characters.", nameof(alphabet));
            if (!vocabulary.TryAdd(rune.ToString(), vocabulary.Count)) throw new ArgumentException($"The alphabet has '{rune}' twice.", nameof(alphabet));
        }
        if (vocabulary.Count == 0) throw new ArgumentException("The alphabet is empty.", nameof(alphabet));
        var added = new JsonArray();
        foreach (var name in new[] { beginToken, endToken }.OfType<string>().Distinct())
        {
            if (name.Length == 0) throw new ArgumentException("A begin or end token is empty; expected text, or null for none.", nameof(beginToken));
            // A character of the alphabet can end texts and still be part of them.
            if (!vocabulary.TryAdd(name, vocabulary.Count)) continue;
            added.Add(new JsonObject
            {
                ["id"] = (int)vocabulary[name]!, ["content"] = name, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            });
        }
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0", ["truncation"] = null, ["padding"] = null, ["added_tokens"] = added, ["normalizer"] = null, ["pre_tokenizer"] = null,
            ["post_processor"] = beginToken is null ? null : Template(beginToken, (int)vocabulary[beginToken]!),
            ["decoder"] = new JsonObject { ["type"] = "Fuse" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["continuing_subword_prefix"] = null, ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false, ["byte_fallback"] = false, ["ignore_merges"] = false, ["vocab"] = vocabulary, ["merges"] = new JsonArray(),
            },
        };
        var config = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast", ["bos_token"] = beginToken, ["eos_token"] = endToken, ["clean_up_tokenization_spaces"] = false,
        };
        return new()
        {
            ["tokenizer.json"] = JsonSerializer.SerializeToUtf8Bytes(tokenizer, Indented),
            ["tokenizer_config.json"] = JsonSerializer.SerializeToUtf8Bytes(config, Indented),
        };
    }

    private static JsonObject Template(string name, int id) => new()
    {
        ["type"] = "TemplateProcessing",
        ["single"] = new JsonArray(Piece("SpecialToken", name, 0), Piece("Sequence", "A", 0)),
        ["pair"] = new JsonArray(Piece("SpecialToken", name, 0), Piece("Sequence", "A", 0), Piece("SpecialToken", name, 1), Piece("Sequence", "B", 1)),
        ["special_tokens"] = new JsonObject { [name] = new JsonObject { ["id"] = name, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(name) } },
    };

    private static JsonObject Piece(string kind, string id, int type) => new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };
}
