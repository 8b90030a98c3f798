using System.Text.Json.Nodes;

namespace KdRl.Transformers.Tests.Tokenizers;

/// <summary>Makes small byte-level tokenizers: 256 byte tokens in byte order, then merges, then added tokens.</summary>
internal static class ByteLevelFiles
{
    public const string Gpt2Words = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The printable spelling of a byte, written here once more from its definition.</summary>
    public static string Spelling(int value)
    {
        static bool Printable(int b) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
        return ((char)(Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b)))).ToString();
    }

    public static JsonObject Create(string[] merges, JsonNode? preTokenizer = null, JsonNode? normalizer = null, params JsonObject[] added)
    {
        var vocabulary = new JsonObject();
        for (var b = 0; b < 256; b++) vocabulary[Spelling(b)] = b;
        foreach (var merge in merges)
            if (!vocabulary.ContainsKey(merge.Replace(" ", "", StringComparison.Ordinal))) vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        var model = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]) };
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. added]), ["normalizer"] = normalizer, ["pre_tokenizer"] = preTokenizer ?? new JsonObject { ["type"] = "ByteLevel" },
            ["post_processor"] = new JsonObject { ["type"] = "ByteLevel" }, ["decoder"] = new JsonObject { ["type"] = "ByteLevel" }, ["model"] = model,
        };
    }

    public static JsonObject Token(int id, string content, bool special = true, bool normalized = false, bool lstrip = false, bool rstrip = false) =>
        new() { ["id"] = id, ["content"] = content, ["special"] = special, ["normalized"] = normalized, ["lstrip"] = lstrip, ["rstrip"] = rstrip };

    public static Tokenizer Load(JsonObject json, JsonObject? config = null)
    {
        var directory = Directory.CreateTempSubdirectory("kdrl-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "tokenizer.json"), json.ToJsonString());
            if (config is not null) File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), config.ToJsonString());
            return Tokenizer.FromPretrained(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
