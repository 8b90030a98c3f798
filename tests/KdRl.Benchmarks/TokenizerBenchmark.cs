using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Tokenizer = KdRl.Transformers.Tokenizer;

namespace KdRl.Benchmarks;

/// <summary>Encodes and decodes GSM8K's test problems with Qwen3's tokenizer, against Microsoft.ML.Tokenizers (without NFC) on the same files.</summary>
internal sealed class TokenizerBenchmark : IBenchmark
{
    /// <summary>Qwen3's words.</summary>
    private const string Words = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public string Name => "tokenizer";

    public string Description => "Qwen3 over GSM8K: tokens a second, loading, against Microsoft.ML.Tokenizers";

    public IEnumerable<Measurement> Run()
    {
        var directory = Path.Combine(Data(), "tokenizers", "qwen3");
        string[] texts = [.. File.ReadLines(Path.Combine(Data(), "gsm8k", "test.jsonl")).Where(line => line.Length > 0).Select(line =>
        {
            using var row = JsonDocument.Parse(line);
            return $"{row.RootElement.GetProperty("question")}\n{row.RootElement.GetProperty("answer")}";
        })];
        var (ours, theirs) = (Tokenizer.FromPretrained(directory), Peer(directory));
        var ids = texts.Select(text => ours.Encode(text)).ToList();
        var tokens = ids.Sum(list => list.Length);
        for (var i = 0; i < texts.Length; i++)
            if (!ids[i].SequenceEqual(theirs.EncodeToIds(texts[i]))) throw new InvalidOperationException($"Row {i} is cut differently by the two.");
        var encode = InTurn.Milliseconds("", () =>
        {
            foreach (var text in texts) ours.Encode(text);
        }, "", () =>
        {
            foreach (var text in texts) theirs.EncodeToIds(text);
        });
        yield return Rate("tokenizer encode", encode);
        yield return Rate("tokenizer decode", InTurn.Milliseconds("", () =>
        {
            foreach (var list in ids) ours.Decode(list);
        }, "", () =>
        {
            foreach (var list in ids) theirs.Decode(list);
        }));
        // Without what it remembers of earlier texts: a fresh tokenizer reads each text once.
        yield return InTurn.Milliseconds("tokenizer load and encode once", () =>
        {
            var fresh = Tokenizer.FromPretrained(directory);
            foreach (var text in texts) fresh.Encode(text);
        }, "Microsoft.ML.Tokenizers", () =>
        {
            var fresh = Peer(directory);
            foreach (var text in texts) fresh.EncodeToIds(text);
        });

        Measurement Rate(string name, Measurement time) =>
            new(name, "M tokens/s", tokens / time.Ours / 1000, "Microsoft.ML.Tokenizers", tokens / time.BaselineValue / 1000);
    }

    /// <summary>The folder of real data: named by KDRL_SHARED_DATA, or beside the repository.</summary>
    private static string Data()
    {
        if (Environment.GetEnvironmentVariable("KDRL_SHARED_DATA") is { Length: > 0 } named) return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data"))) return Path.Combine(folder.FullName, "shared", "data");
        throw new DirectoryNotFoundException("The shared data is not found: set KDRL_SHARED_DATA to its folder.");
    }

    private static BpeTokenizer Peer(string directory)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "tokenizer.json")));
        var model = json.RootElement.GetProperty("model");
        var added = json.RootElement.GetProperty("added_tokens").EnumerateArray().ToDictionary(token => token.GetProperty("content").GetString()!, token => token.GetProperty("id").GetInt32());
        return BpeTokenizer.Create(new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetInt32())))
        {
            Merges = model.GetProperty("merges").EnumerateArray().Select(pair => $"{pair[0].GetString()} {pair[1].GetString()}"),
            SpecialTokens = added, ByteLevel = true,
            PreTokenizer = new CompositePreTokenizer([new RegexPreTokenizer(new System.Text.RegularExpressions.Regex(Words, System.Text.RegularExpressions.RegexOptions.Compiled), null)], added),
        });
    }
}
