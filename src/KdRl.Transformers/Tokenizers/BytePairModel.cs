using System.Text.Json;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): text becomes characters, then the adjacent pair of lowest rank is merged until
/// none is left. A queue of candidate pairs makes it n·log n.
/// </summary>
internal sealed class BytePairModel
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges = [];
    private readonly int? unknown;
    private readonly int[]? byteTokens;
    private readonly bool fusesUnknown, ignoresMerges;

    /// <param name="json"><c>model</c> of tokenizer.json.</param>
    public BytePairModel(JsonFields json)
    {
        json.Expect("type", "BPE");
        foreach (var key in new[] { "dropout", "continuing_subword_prefix", "end_of_word_suffix" })
            if (json.Has(key) && !json.IsEmptyText(key)) throw json.Bad(key, "null, the only value supported");
        ids = Vocabulary(json);
        if (json.Text("unk_token") is { } name)
            unknown = ids.TryGetValue(name, out var id) ? id : throw json.Bad("unk_token", "a token of the vocabulary");
        (fusesUnknown, ignoresMerges) = (json.Flag("fuse_unk"), json.Flag("ignore_merges"));
        if (json.Flag("byte_fallback"))
        {
            var tokens = Enumerable.Range(0, 256).Select(b => ids.GetValueOrDefault($"<0x{b:X2}>", -1)).ToArray();
            if (tokens.Contains(-1)) throw json.Bad("byte_fallback", "false, since the vocabulary lacks some of <0x00> to <0xFF>");
            byteTokens = tokens;
        }
        var rank = 0;
        foreach (var merge in json.List("merges")) AddMerge(json, merge, rank++);
    }

    /// <summary>Ids by token.</summary>
    public IReadOnlyDictionary<string, int> Ids => ids;

    /// <summary>Appends the ids of a piece of normalised text.</summary>
    /// <exception cref="ArgumentException">A character is neither in the vocabulary nor covered by bytes or an unknown token.</exception>
    public void Encode(string text, List<int> output)
    {
        if (text.Length == 0) return;
        if (ignoresMerges && ids.TryGetValue(text, out var whole))
        {
            output.Add(whole);
            return;
        }
        var symbols = Characters(text);
        if (merges.Count == 0) output.AddRange(symbols);
        else Merge([.. symbols], output);
    }

    private List<int> Characters(string text)
    {
        var (symbols, afterUnknown) = (new List<int>(text.Length + 16), false);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (ids.TryGetValue(rune.ToString(), out var id))
            {
                symbols.Add(id);
                afterUnknown = false;
            }
            else if (byteTokens is not null)
            {
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) symbols.Add(byteTokens[b]);
                afterUnknown = false;
            }
            else if (unknown is { } token)
            {
                if (!(afterUnknown && fusesUnknown)) symbols.Add(token);
                afterUnknown = true;
            }
            else
            {
                throw new ArgumentException($"Character '{rune}' (U+{rune.Value:X4}) is not in the vocabulary, which has no unknown token.", nameof(text));
            }
        }
        return symbols;
    }

    /// <summary>Symbols form a linked list; a queued pair is stale when its symbols have changed since.</summary>
    private void Merge(int[] symbols, List<int> output)
    {
        var count = symbols.Length;
        var (next, previous) = (new int[count], new int[count]);
        for (var i = 0; i < count; i++) (next[i], previous[i]) = (i + 1, i - 1);
        var queue = new PriorityQueue<(int At, int Merged), (int Rank, int At)>();
        for (var i = 0; i + 1 < count; i++) Queue(i);
        while (queue.TryDequeue(out var pair, out _))
        {
            var right = symbols[pair.At] < 0 ? count : next[pair.At];
            if (right >= count || !merges.TryGetValue((symbols[pair.At], symbols[right]), out var merge) || merge.Merged != pair.Merged) continue;
            symbols[pair.At] = merge.Merged;
            symbols[right] = -1;
            next[pair.At] = next[right];
            if (next[right] < count) previous[next[right]] = pair.At;
            Queue(pair.At);
            if (previous[pair.At] >= 0) Queue(previous[pair.At]);
        }
        for (var i = 0; i < count; i = next[i]) output.Add(symbols[i]);

        void Queue(int at)
        {
            if (next[at] < count && merges.TryGetValue((symbols[at], symbols[next[at]]), out var merge))
                queue.Enqueue((at, merge.Merged), (merge.Rank, at));
        }
    }

    private static Dictionary<string, int> Vocabulary(JsonFields json)
    {
        var root = json.Object("vocab") ?? throw json.Bad("vocab", "an object of ids");
        var (result, seen) = (new Dictionary<string, int>(), new HashSet<int>());
        foreach (var (name, value) in root.All())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id < 0 || !seen.Add(id))
                throw root.Bad(name, "an id from 0 that no other token has");
            result.Add(name, id);
        }
        return result;
    }

    /// <summary>A merge is <c>"left right"</c> or <c>["left","right"]</c>.</summary>
    private void AddMerge(JsonFields json, JsonElement merge, int rank)
    {
        var parts = merge.ValueKind switch
        {
            JsonValueKind.String => merge.GetString()!.Split(' '),
            JsonValueKind.Array when merge.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) => [.. merge.EnumerateArray().Select(item => item.GetString()!)],
            _ => [],
        };
        if (parts.Length != 2 || !ids.TryGetValue(parts[0], out var left) || !ids.TryGetValue(parts[1], out var right)
            || !ids.TryGetValue(parts[0] + parts[1], out var merged))
            throw json.Bad($"merges[{rank}]", $"a pair of tokens whose parts and whole are in the vocabulary, found {merge.GetRawText()}");
        merges.TryAdd((left, right), (rank, merged));
    }
}
