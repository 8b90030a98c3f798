using System.Text;
using System.Text.Json.Nodes;
using KdRl.TestSupport;

namespace KdRl.Transformers.Tests.Tokenizers;

public sealed class TokenizerTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("kdrl-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void FromCharacters_SavedAndLoaded_IsTheSame()
    {
        var tokenizer = Tokenizer.FromCharacters("ab😀;", "<s>", "</s>");
        tokenizer.Save(directory);
        var again = Tokenizer.FromPretrained(directory);
        foreach (var t in new[] { tokenizer, again })
        {
            Assert.Equal([4, 1, 2, 0, 3], t.Encode("b😀a;"));
            Assert.Equal([1, 5], t.Encode("b</s>", addSpecialTokens: false));
            Assert.Equal("b😀", t.Decode([4, 1, 2, 5]));
            Assert.Equal("<s>b</s>", t.Decode([4, 1, 5], skipSpecialTokens: false));
            Assert.Equal((6, 4, 5), (t.VocabularySize, t.BosTokenId, t.EosTokenId));
            Assert.Equal([4, 5], t.SpecialTokenIds.Order());
        }
        var copy = Directory.CreateDirectory(Path.Combine(directory, "copy")).FullName;
        again.Save(copy);
        foreach (var name in new[] { "tokenizer.json", "tokenizer_config.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(directory, name)), File.ReadAllBytes(Path.Combine(copy, name)));
    }

    [Fact]
    public void FromCharacters_EndInAlphabet_StaysVisible()
    {
        var tokenizer = Tokenizer.FromCharacters("12;", endToken: ";");
        Assert.Equal((3, 2), (tokenizer.VocabularySize, tokenizer.EosTokenId));
        Assert.Equal("12;", tokenizer.Decode(tokenizer.Encode("12;")));
        Assert.Null(tokenizer.BosTokenId);
    }

    [Fact]
    public void Encode_UnknownCharacter_IsNamed() =>
        Assert.Contains("U+0078", Assert.Throws<ArgumentException>(() => Tokenizer.FromCharacters("ab").Encode("axb")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("aba")]
    [InlineData("a\ud800")]
    public void FromCharacters_BadAlphabet_IsRefused(string alphabet) => Assert.Throws<ArgumentException>(() => Tokenizer.FromCharacters(alphabet));

    [SkippableFact]
    public void Encode_AddedTokensInText_AreRecognised()
    {
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("stories260k"));
        int[] hello = tokenizer.Encode("Lily", addSpecialTokens: false);
        Assert.Equal([1, .. hello, 2, .. hello], tokenizer.Encode("Lily</s>Lily"));
        Assert.Equal("Lily", tokenizer.Decode([1, .. hello, 2]));
        Assert.Equal([0, 1, 2], tokenizer.SpecialTokenIds.Order());
        Assert.Equal((1, 2), (tokenizer.BosTokenId, tokenizer.EosTokenId));
    }

    [SkippableFact]
    public void Decode_BytesThatAreNotUtf8_GivesReplacementCharacters()
    {
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("stories260k"));
        // Bytes E4 BD A0 are one character; without the last they are two invalid bytes.
        Assert.Equal("你", tokenizer.Decode([3 + 0xE4, 3 + 0xBD, 3 + 0xA0]));
        Assert.Equal("\uFFFD\uFFFD", tokenizer.Decode([3 + 0xE4, 3 + 0xBD]));
        Assert.Equal("", tokenizer.Decode([100_000]));
    }

    [SkippableFact]
    public void Encode_RandomText_DecodesToItselfAndAgreesWithSlowMerging()
    {
        var directory = SharedData.Path("stories260k");
        var tokenizer = Tokenizer.FromPretrained(directory);
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, "tokenizer.json")))!["model"]!;
        var vocabulary = json["vocab"]!.AsObject().ToDictionary(p => p.Key, p => (int)p.Value!);
        var ranks = json["merges"]!.AsArray().Select((m, i) => ((string)m!, i)).ToDictionary();
        var random = new Random(3);
        string[] rare = ["é", "你", "😀", "\n"];
        for (var round = 0; round < 200; round++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(40); n > 0; n--) text.Append(random.Next(12) == 0 ? rare[random.Next(rare.Length)] : "the lity sand."[random.Next(14)].ToString());
            var sane = text.ToString();
            Assert.Equal(Slow(sane, vocabulary, ranks), tokenizer.Encode(sane, addSpecialTokens: false));
            Assert.Equal(sane, tokenizer.Decode(tokenizer.Encode(sane)));
        }
    }

    /// <summary>Merges the best pair of the whole text, again and again.</summary>
    private static List<int> Slow(string text, Dictionary<string, int> vocabulary, Dictionary<string, int> ranks)
    {
        if (text.Length == 0) return [];
        var parts = ("▁" + text.Replace(' ', '▁')).EnumerateRunes().SelectMany(rune => vocabulary.ContainsKey(rune.ToString())
            ? [rune.ToString()] : Encoding.UTF8.GetBytes(rune.ToString()).Select(b => $"<0x{b:X2}>")).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, parts.Count - 1).Select(i => (Rank: ranks.GetValueOrDefault($"{parts[i]} {parts[i + 1]}", int.MaxValue), At: i)).DefaultIfEmpty((Rank: int.MaxValue, At: 0)).Min();
            if (best.Rank == int.MaxValue) return parts.ConvertAll(p => vocabulary[p]);
            parts[best.At] += parts[best.At + 1];
            parts.RemoveAt(best.At + 1);
        }
    }

    [SkippableFact]
    public void Encode_OneLongWord_IsMergedThroughout()
    {
        // A million characters without a boundary: merging that rescans the text for each pair would not come to an end.
        var tokenizer = Tokenizer.FromPretrained(SharedData.Path("stories260k"));
        var text = string.Concat(Enumerable.Repeat("the", 333_333));
        var ids = tokenizer.Encode(text);
        // "he" is a token: every e went into a merge.
        Assert.InRange(ids.Length, 333_333, 666_668);
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    public static TheoryData<string, string, string> Unsupported() => new()
    {
        { "pre_tokenizer", """{"type":"BertPreTokenizer"}""", "BertPreTokenizer" },
        { "pre_tokenizer", """{"type":"ByteLevel"}""", "vocab" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"Regex":"a(?=b)"},"behavior":"Isolated"}""", "linear" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"Regex":"(a{1000}){1000}"},"behavior":"Isolated"}""", "linear" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"Regex":"["},"behavior":"Isolated"}""", "pattern" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"String":""},"behavior":"Isolated"}""", "pattern" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"String":"a"},"behavior":"Contiguous"}""", "Contiguous" },
        { "pre_tokenizer", """{"type":"Split","pattern":{"String":"a"},"behavior":"MergedWithNext","invert":true}""", "MergedWithNext" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Metaspace"},{"type":"ByteLevel"}]}""", "ByteLevel" },
        { "pre_tokenizer", """{"type":"Metaspace","replacement":"__"}""", "replacement" },
        { "pre_tokenizer", """{"type":"Metaspace","prepend_scheme":"last"}""", "prepend_scheme" },
        { "pre_tokenizer", """{"type":"Metaspace","prepend_scheme":"first","add_prefix_space":false}""", "add_prefix_space" },
        { "pre_tokenizer", $$"""{"type":"Sequence","pretokenizers":[{{string.Join(',', Enumerable.Repeat("""{"type":"Digits"}""", 33))}}]}""", "32 steps" },
        { "normalizer", $$"""{"type":"Sequence","normalizers":[{{string.Join(',', Enumerable.Repeat("""{"type":"NFC"}""", 33))}}]}""", "32 steps" },
        { "normalizer", $$"""{"type":"Prepend","prepend":"{{new string('a', 65)}}"}""", "prepend" },
        { "normalizer", $$"""{"type":"Replace","pattern":{"String":"a"},"content":"{{new string('a', 65)}}"}""", "content" },
        { "normalizer", """{"type":"NFKC"}""", "NFKC" },
        { "decoder", """{"type":"ByteLevel"}""", "decoder" },
        { "decoder", """{"type":"WordPiece"}""", "WordPiece" },
        { "post_processor", """{"type":"RobertaProcessing"}""", "RobertaProcessing" },
        { "model", """{"type":"Unigram"}""", "Unigram" },
        { "model", """{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "merges" },
        { "model", """{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}""", "b" },
        { "model", """{"type":"BPE","vocab":{"a":0},"merges":[],"byte_fallback":true}""", "byte_fallback" },
        { "model", """{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}""", "dropout" },
        { "model", """{"type":"BPE","vocab":{"a":2147483647},"merges":[]}""", "2147483647" },
        { "model", """{"type":"BPE","vocab":{},"merges":[]}""", "model" },
        { "added_tokens", """[{"id":0,"content":"x","single_word":true}]""", "single_word" },
        { "added_tokens", """[{"id":-1,"content":"x"}]""", "id" },
        { "added_tokens", """[{"id":0}]""", "content" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void FromPretrained_UnsupportedPart_IsRefusedByName(string part, string value, string named)
    {
        Tokenizer.FromCharacters("ab").Save(directory);
        var path = Path.Combine(directory, "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json[part] = JsonNode.Parse(value);
        File.WriteAllText(path, json.ToJsonString());
        var error = Assert.Throws<InvalidDataException>(() => Tokenizer.FromPretrained(directory));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EncodeAndDecode_ReplacementsThatDouble_EndWithAnError()
    {
        var twice = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = "a" }, ["content"] = "aa" };
        JsonArray Many() => [.. Enumerable.Range(0, 30).Select(_ => twice.DeepClone())];
        var encoder = Changed("ab", ("normalizer", new JsonObject { ["type"] = "Sequence", ["normalizers"] = Many() }));
        Assert.Equal([1], encoder.Encode("b"));
        Assert.Contains("normalizer", Assert.Throws<InvalidDataException>(() => encoder.Encode(new string('a', 1000))).Message, StringComparison.Ordinal);
        var decoder = Changed("ab", ("decoder", new JsonObject { ["type"] = "Sequence", ["decoders"] = Many() }));
        Assert.Equal("b", decoder.Decode([1]));
        Assert.Contains("decoder", Assert.Throws<InvalidDataException>(() => decoder.Decode([0, 0, 0])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", "ab  a<s>b a", "▁ab▁▁a|b▁a", "abab a")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}""", "ab  a<s>b a", "▁ab|▁|▁a|▁b|▁a", "ab  a b a")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}""", " ab", "▁ab", "ab")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", "ab  a<s>b a", "ab|▁|▁a|b|▁a", "ab  ab a")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":true,"split":false}""", "a b", "▁a▁b", "ab")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","add_prefix_space":false,"split":false}""", "a b", "a▁b", "a b")]
    public void Encode_Metaspace_CutsAsDeclaredAndDecodes(string metaspace, string text, string words, string decoded)
    {
        // Words are tokens, so that a cut shows as a token that ends. Decoding drops every blank of the first token, as the format's own library does.
        string[] runs = ["▁", "a", "b", "▁▁", "▁a", "ab", "▁ab", "b▁", "▁b", "b▁a", "a▁", "a▁b", "▁a▁b", "▁▁a", "ab▁", "▁ab▁▁a", "▁a▁"];
        var model = new JsonObject
        {
            ["type"] = "BPE", ["ignore_merges"] = true, ["vocab"] = new JsonObject(runs.Select((run, i) => KeyValuePair.Create(run, (JsonNode?)i))), ["merges"] = new JsonArray(),
        };
        var tokenizer = Changed("ab", ("model", model), ("pre_tokenizer", JsonNode.Parse(metaspace)!), ("decoder", JsonNode.Parse(metaspace)!),
            ("added_tokens", new JsonArray(new JsonObject { ["id"] = 90, ["content"] = "<s>", ["special"] = true, ["normalized"] = false })));
        var ids = tokenizer.Encode(text);
        Assert.Equal(words, string.Join('|', ids.Where(id => id < 90).Select(id => runs[id])));
        Assert.Equal(decoded, tokenizer.Decode(ids));
    }

    [Theory]
    [InlineData("MergedWithPrevious", "ab-|-|a")]
    [InlineData("MergedWithNext", "ab|-|-a")]
    [InlineData("Isolated", "ab|-|-|a")]
    public void Encode_SplitBehavior_KeepsTheMatchWhereItSays(string behavior, string words)
    {
        string[] runs = ["a", "b", "-", "ab", "ab-", "-a", "--"];
        var model = new JsonObject
        {
            ["type"] = "BPE", ["ignore_merges"] = true, ["vocab"] = new JsonObject(runs.Select((run, i) => KeyValuePair.Create(run, (JsonNode?)i))), ["merges"] = new JsonArray(),
        };
        var split = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["String"] = "-" }, ["behavior"] = behavior, ["invert"] = false };
        Assert.Equal(words, string.Join('|', Changed("ab", ("model", model), ("pre_tokenizer", split)).Encode("ab--a").Select(id => runs[id])));
    }

    /// <summary>A tokenizer of characters with some parts of its file replaced.</summary>
    private Tokenizer Changed(string alphabet, params (string Part, JsonNode Value)[] changes)
    {
        Tokenizer.FromCharacters(alphabet).Save(directory);
        var path = Path.Combine(directory, "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        foreach (var (part, value) in changes) json[part] = value;
        File.WriteAllText(path, json.ToJsonString());
        return Tokenizer.FromPretrained(directory);
    }
}
