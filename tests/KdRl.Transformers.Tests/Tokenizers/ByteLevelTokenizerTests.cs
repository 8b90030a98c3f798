using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using KdRl.TestSupport;

namespace KdRl.Transformers.Tests.Tokenizers;

public class ByteLevelTokenizerTests
{
    private static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "Ġw o", "Ġ Ġ", "1 2"];

    private static readonly Lazy<Tokenizer> Qwen = new(() => Tokenizer.FromPretrained(SharedData.Path("tokenizers", "qwen3")));

    private static JsonObject Split(string regex) => new()
    {
        ["type"] = "Sequence",
        ["pretokenizers"] = new JsonArray(
            new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = regex }, ["behavior"] = "Isolated", ["invert"] = false },
            new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
    };

    [SkippableFact]
    public void Encode_Qwen3_GivesTheIdsOfTheRustLibrary()
    {
        foreach (var line in File.ReadLines(SharedData.Path("tokenizers", "qwen3", "expected_ids.jsonl")).Where(l => l.Length > 0))
        {
            var (text, ids) = ((string)JsonNode.Parse(line)!["text"]!, JsonNode.Parse(line)!["ids"]!.AsArray().Select(id => (int)id!).ToArray());
            Assert.Equal(ids, Qwen.Value.Encode(text));
            Assert.Equal(Nfc(text), Qwen.Value.Decode(ids, skipSpecialTokens: false));
        }
    }

    [SkippableFact]
    public void Encode_Gsm8kByQwen3_HasTheHashOfTheRustLibrary()
    {
        var expected = JsonNode.Parse(File.ReadAllText(SharedData.Path("tokenizers", "qwen3", "expected_gsm8k.json")))!;
        var (output, count) = (new StringBuilder(), 0);
        foreach (var line in File.ReadLines(SharedData.Path("gsm8k", "test.jsonl")).Where(l => l.Length > 0))
        {
            var ids = Qwen.Value.Encode($"{JsonNode.Parse(line)!["question"]}\n{JsonNode.Parse(line)!["answer"]}");
            count += ids.Length;
            output.AppendJoin(' ', ids).Append('\n');
        }
        Assert.Equal((int)expected["tokens"]!, count);
        Assert.Equal((string)expected["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(output.ToString()))));
    }

    /// <summary>Text of all kinds of characters, with combining marks, emoji, Hangul parts and half surrogate pairs.</summary>
    private static Gen<string> HostileText()
    {
        var unit = Gen.OneOf(
            Gen.Choose(0, 0xFFFF).Select(c => ((char)c).ToString()),
            Gen.Choose(0x10000, 0x10FFFF).Select(char.ConvertFromUtf32),
            Gen.Choose(0x300, 0x36F).Select(c => ((char)c).ToString()),
            Gen.Choose(0x1100, 0x11FF).Select(c => ((char)c).ToString()),
            Gen.Choose(0x1D400, 0x1D7FF).Select(char.ConvertFromUtf32),
            Gen.Elements("a", "e", " ", "  ", "\n", "\r\n", "'s", "1", "ﬁ", "Å", "\u0344", "\u0958", "👩‍👩‍👧", "\uD800", "\uDC00", "\u00A0", "<|im_start|>"));
        return unit.ListOf().Select(parts => string.Concat(parts));
    }

    [SkippableFact]
    public void Decode_OfEncode_IsTheComposedText() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(HostileText().ToArbitrary(), text =>
        {
            // Added tokens are cut out before the text between them is normalised.
            var expected = string.Join("<|im_start|>", WellFormed(text).Split("<|im_start|>").Select(Nfc));
            return Qwen.Value.Decode(Qwen.Value.Encode(text), skipSpecialTokens: false) == expected;
        }));

    [Fact]
    public void Encode_RandomText_AgreesWithSlowMerging()
    {
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create(Merges));
        var text = Gen.Elements("hello", "hell", " wo", "  ", "12", "é", "ll", "o").ListOf().Select(parts => string.Concat(parts));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(text.ToArbitrary(), t =>
        {
            var expected = System.Text.RegularExpressions.Regex.Matches(t, ByteLevelFiles.Gpt2Words).SelectMany(match => Slow(match.Value)).ToList();
            // The second time words come from the cache.
            return tokenizer.Encode(t).SequenceEqual(expected) && tokenizer.Encode(t).SequenceEqual(expected) && tokenizer.Decode([.. expected]) == t;
        }));
    }

    /// <summary>Merges the best pair of the whole word, again and again.</summary>
    private static List<int> Slow(string word)
    {
        var parts = Encoding.UTF8.GetBytes(word).Select(b => ByteLevelFiles.Spelling(b)).ToList();
        var names = Enumerable.Range(0, 256).Select(ByteLevelFiles.Spelling).Concat(Merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal))).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, parts.Count - 1).Select(i => (Rank: Array.IndexOf(Merges, $"{parts[i]} {parts[i + 1]}"), At: i)).Where(p => p.Rank >= 0).DefaultIfEmpty((Rank: -1, At: 0)).Min();
            if (best.Rank < 0) return parts.ConvertAll(names.IndexOf);
            parts[best.At] += parts[best.At + 1];
            parts.RemoveAt(best.At + 1);
        }
    }

    [Fact]
    public void Encode_LettersBeyondTheBasicPlane_AreLetters()
    {
        // U+1D400 to U+1D401 are capital letters, U+1D7CE is a digit: with "abc" they are one word and a number.
        var json = ByteLevelFiles.Create(["b ð"], Split(@"\p{L}+|\p{N}"));
        var joined = ByteLevelFiles.Load(json).Encode("b𝐀");
        Assert.Equal(256, joined[0]);
        Assert.Equal("b𝐀𝐁𝟎", ByteLevelFiles.Load(json).Decode(ByteLevelFiles.Load(json).Encode("b𝐀𝐁𝟎")));
        Assert.NotEqual(256, ByteLevelFiles.Load(ByteLevelFiles.Create(["b ð"], Split(@"\p{L}+|\p{N}"))).Encode("b𝟎")[0]);
    }

    [Fact]
    public void Encode_AddedTokens_TakeTheirWhiteSpaceAndTheLongestWins()
    {
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create([], added: [ByteLevelFiles.Token(300, "<a>", lstrip: true), ByteLevelFiles.Token(301, "<a>b", special: false, rstrip: true)]));
        Assert.Equal([(int)'x', 300, ' ', 'y', 301, 'z'], tokenizer.Encode("x  <a> y<a>b \n z"));
        Assert.Equal("x y<a>bz", tokenizer.Decode(tokenizer.Encode("x  <a> y<a>b \n z")));
    }

    [Fact]
    public void Encode_NormalizedAddedToken_IsFoundInNormalizedText()
    {
        var nfc = new JsonObject { ["type"] = "NFC" };
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create([], normalizer: nfc, added: [ByteLevelFiles.Token(300, "é", normalized: true), ByteLevelFiles.Token(301, "ä")]));
        Assert.Equal([300, 300, 301], tokenizer.Encode("ée\u0301ä"));
        Assert.Equal([0xC3, 0xA4], tokenizer.Encode("a\u0308"));
        Assert.Equal("éä", tokenizer.Decode([300, 301], skipSpecialTokens: false));
    }

    /// <summary>Rust's <c>char::to_lowercase</c>, character by character: no final sigma, and one character that becomes two.</summary>
    [Fact]
    public void Encode_Lowercase_IsRusts()
    {
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create([], normalizer: new JsonObject { ["type"] = "Lowercase" }));
        Assert.Equal("aé οδοσ i̇ı ß ǆ 𐐨 ꭰ", tokenizer.Decode(tokenizer.Encode("AÉ ΟΔΟΣ İı ẞ Ǆ 𐐀 Ꭰ")));
    }

    [Fact]
    public void Encode_IgnoringMerges_TakesWholeWordsFromTheVocabulary()
    {
        var json = ByteLevelFiles.Create(["a b"]);
        json["model"]!["vocab"]!["abc"] = 400;
        Assert.Equal([256, 'c'], ByteLevelFiles.Load(json).Encode("abc"));
        json["model"]!["ignore_merges"] = true;
        Assert.Equal([400], ByteLevelFiles.Load(json).Encode("abc"));
    }

    [Fact]
    public void Encode_LikeLlama3_PutsTheTemplatesTokensAround()
    {
        var json = ByteLevelFiles.Create([], Split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), added: ByteLevelFiles.Token(500, "<s>"));
        json["post_processor"] = JsonNode.Parse("""
            {"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
             "special_tokens":{"<s>":{"id":"<s>","ids":[500],"tokens":["<s>"]}}}]}
            """);
        Assert.Equal([500, 'a'], ByteLevelFiles.Load(json).Encode("a"));
        Assert.Equal(['a'], ByteLevelFiles.Load(json).Encode("a", addSpecialTokens: false));
    }

    [Fact]
    public void Encode_OneLongWord_IsMergedThroughout()
    {
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create(Merges));
        var text = string.Concat(Enumerable.Repeat("hello", 200_000));
        Assert.Equal(200_000, tokenizer.Encode(text).Length);
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Theory]
    [InlineData("Digits", "individual_digits", true, "a12", "a|1|2")]
    [InlineData("Digits", "individual_digits", false, "a12", "a|12")]
    public void Encode_Digits_CutsThem(string type, string key, bool value, string text, string expected)
    {
        var cutter = new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(new JsonObject { ["type"] = type, [key] = value }, new JsonObject { ["type"] = "ByteLevel", ["use_regex"] = true }),
        };
        var tokenizer = ByteLevelFiles.Load(ByteLevelFiles.Create(["1 2", "a 1"], cutter));
        Assert.Equal(expected, string.Join('|', tokenizer.Encode(text).Select(id => tokenizer.Decode([id]))));
    }

    [Fact]
    public void Encode_RemovedAndInverted_KeepsWhatMatches()
    {
        static JsonObject Removed(bool inverts) => new()
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray(
                new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["String"] = "-" }, ["behavior"] = "Removed", ["invert"] = inverts },
                new JsonObject { ["type"] = "ByteLevel", ["use_regex"] = false }),
        };
        var (kept, inverted) = (ByteLevelFiles.Load(ByteLevelFiles.Create([], Removed(false))), ByteLevelFiles.Load(ByteLevelFiles.Create([], Removed(true))));
        Assert.Equal("abc", kept.Decode(kept.Encode("a-b-c")));
        Assert.Equal("--", inverted.Decode(inverted.Encode("a-b-c")));
    }

    private static string Nfc(string text) => KdRl.Transformers.Tokenizers.Unicode.CanonicalForm.Compose(text);

    private static string WellFormed(string text) => string.Concat(text.EnumerateRunes());
}
