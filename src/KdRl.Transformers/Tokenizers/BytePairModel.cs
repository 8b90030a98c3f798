using System.Text.Json;
using KdRl.Transformers.Checkpoints;

namespace KdRl.Transformers.Tokenizers;

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): text becomes characters, then the adjacent pair of lowest rank is merged until
/// none is left. A queue of candidate pairs makes it n·log n.
/// </summary>
internal sealed class BytePairModel
{
    /// <summary>Bounds the tables that are as long as the vocabulary.</summary>
    public const int LargestId = (1 << 24) - 1;

    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsOfSpans;
    private readonly Dictionary<long, (int Rank, int Merged)> merges = [];
    private readonly int? unknown;
    private readonly int[]? byteTokens;
    private readonly bool fusesUnknown, ignoresMerges;

    /// <param name="json"><c>model</c> of tokenizer.json.</param>
    /// <param name="isByteLevel">Whether it reads bytes, spelled as <see cref="ByteLevel"/> says.</param>
    public BytePairModel(JsonFields json, bool isByteLevel)
    {
        // Files as old as GPT-2's do not name the type; no other kind has merges.
        json.Expect("type", "BPE", isOptional: json.Has("merges"));
        foreach (var key in new[] { "dropout", "continuing_subword_prefix", "end_of_word_suffix" })
            if (json.Has(key) && !json.IsEmptyText(key)) throw json.Bad(key, "null, the only value supported");
        ids = Vocabulary(json);
        idsOfSpans = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        if (isByteLevel)
            foreach (var c in ByteLevel.Alphabet)
                if (!ids.ContainsKey(c.ToString())) throw json.Bad("vocab", $"a token for each byte ('{c}' is missing)");
        if (json.Text("unk_token") is { Length: > 0 } name)
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
    public void Encode(ReadOnlySpan<char> text, List<int> output)
    {
        if (text.Length == 0) return;
        if (ignoresMerges && idsOfSpans.TryGetValue(text, out var whole))
        {
            output.Add(whole);
            return;
        }
        var symbols = Characters(text);
        if (merges.Count == 0) output.AddRange(symbols);
        else Merge([.. symbols], output);
    }

    private List<int> Characters(ReadOnlySpan<char> text)
    {
        var (symbols, afterUnknown) = (new List<int>(text.Length + 16), false);
        Span<byte> utf8 = stackalloc byte[4];
        Span<char> pair = stackalloc char[2];
        foreach (var rune in text.EnumerateRunes())
        {
            if (idsOfSpans.TryGetValue(pair[..rune.EncodeToUtf16(pair)], out var id))
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
        var queue = new PriorityQueue<(int At, int Merged), long>();
        for (var i = 0; i + 1 < count; i++) Queue(i);
        while (queue.TryDequeue(out var pair, out _))
        {
            var right = symbols[pair.At] < 0 ? count : next[pair.At];
            if (right >= count || !merges.TryGetValue(Pair(symbols[pair.At], symbols[right]), out var merge) || merge.Merged != pair.Merged) continue;
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
            if (next[at] < count && merges.TryGetValue(Pair(symbols[at], symbols[next[at]]), out var merge))
                queue.Enqueue((at, merge.Merged), Pair(merge.Rank, at));
        }
    }

    private static long Pair(int high, int low) => ((long)high << 32) | (uint)low;

    private static Dictionary<string, int> Vocabulary(JsonFields json)
    {
        var root = json.Object("vocab") ?? throw json.Bad("vocab", "an object of ids");
        var (result, seen) = (new Dictionary<string, int>(), new HashSet<int>());
        foreach (var (name, value) in root.All())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id is < 0 or > LargestId || !seen.Add(id))
                throw root.Bad(name, $"an id from 0 to {LargestId} that no other token has");
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
        merges[Pair(left, right)] = (rank, merged);
    }
}
