using System.Text;
using System.Text.Json.Nodes;
using KdRl.TestSupport;

namespace KdRl.Transformers.Tests.Tokenizers;

/// <summary>Damaged files load, or are refused with their path; nothing else happens.</summary>
public class TokenizerFuzzTests
{
    private static byte[] Whole()
    {
        var split = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = ByteLevelFiles.Gpt2Words }, ["behavior"] = "Isolated" };
        var cutter = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(split, new JsonObject { ["type"] = "ByteLevel", ["use_regex"] = false }) };
        var json = ByteLevelFiles.Create(["h e", "l l"], cutter, new JsonObject { ["type"] = "NFC" }, ByteLevelFiles.Token(300, "<s>"));
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static bool Loads(string directory, byte[] content, string config)
    {
        var path = Path.Combine(directory, "tokenizer.json");
        File.WriteAllBytes(path, content);
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), config);
        try
        {
            var tokenizer = Tokenizer.FromPretrained(directory);
            tokenizer.Decode(tokenizer.Encode("he said: hello  <s> 12é\uD800"));
            return true;
        }
        catch (InvalidDataException e)
        {
            Assert.Contains(directory, e.Message, StringComparison.Ordinal);
            return false;
        }
        catch (ArgumentException e) when (e.Message.Contains("not in the vocabulary", StringComparison.Ordinal))
        {
            return true;
        }
    }

    [Fact]
    public void FromPretrained_TruncatedAnywhere_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var whole = Whole();
        Assert.True(Loads(folder.Path, whole, "{}"));
        for (var length = 0; length < whole.Length; length += 17) Assert.False(Loads(folder.Path, whole[..length], "{}"));
    }

    [Fact]
    public void FromPretrained_DamagedAnywhere_LoadsOrIsRefused()
    {
        using var folder = new TemporaryFolder();
        var (whole, random, refused) = (Whole(), new Random(5), 0);
        string[] pieces = ["null", "-1", "[]", "{}", "\"\"", "1e99", "2147483648", "true", "\"\\ud800\"", ",", "}", "\\"];
        for (var round = 0; round < 600; round++)
        {
            var at = random.Next(whole.Length);
            var length = Math.Min(random.Next(4), whole.Length - at);
            byte[] piece = random.Next(2) == 0 ? [(byte)random.Next(256)] : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]);
            if (!Loads(folder.Path, [.. whole[..at], .. piece, .. whole[(at + length)..]], "{}")) refused++;
        }
        Assert.InRange(refused, 200, 600);
    }

    [Fact]
    public void FromPretrained_EachValueReplaced_LoadsOrIsRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (var key in new[] { "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model" })
            foreach (var value in new[] { "null", "5", "\"x\"", "[]", "{}", "[5]", "{\"type\":5}", "{\"type\":null}", "{\"type\":\"Sequence\"}" })
            {
                var json = JsonNode.Parse(Whole())!;
                json[key] = JsonNode.Parse(value);
                Loads(folder.Path, Encoding.UTF8.GetBytes(json.ToJsonString()), "{}");
            }
        foreach (var config in new[] { "", "[]", "{", "{\"eos_token\":5}", "{\"eos_token\":{}}", "{\"eos_token\":\"zz\"}", "{\"chat_template\":7}", "{\"pad_token\":[]}" })
            Assert.False(Loads(folder.Path, Whole(), config));
    }

    [Fact]
    public void FromPretrained_DeepNesting_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Assert.False(Loads(folder.Path, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"normalizer\":", 100_000))), "{}"));
        var nested = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 25)) + string.Concat(Enumerable.Repeat("]}", 25));
        Assert.False(Loads(folder.Path, Encoding.UTF8.GetBytes($"{{\"normalizer\":{nested}}}"), "{}"));
    }
}
