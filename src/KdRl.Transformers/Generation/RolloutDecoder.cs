using KdRl.Transformers.Generation.Cpu;
using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation;

/// <summary>
/// Continuous batching (Yu et al. 2022): at every step the rows in flight grow by one token, finished rows leave, and waiting drafts
/// join as the limits allow. A prompt is read once for all its drafts, in chunks beside the decoding when it is long. When the
/// cache may not grow, the youngest rows give way: they wait again, and what they have is read anew when they return.
/// </summary>
/// <param name="model">The policy.</param>
/// <param name="sampler">Draws the tokens.</param>
/// <param name="stop">Ends completions.</param>
/// <param name="limits">What it may take up; any two drafts of full length fit into the cache.</param>
/// <param name="drafts">The drafts, those of one prompt standing together.</param>
internal sealed class RolloutDecoder(CausalLM model, TokenSampler sampler, StopCondition stop, DecodingLimits limits, IEnumerable<DraftRollout> drafts) : IDisposable
{
    private readonly LinkedList<DraftRollout> waiting = new(drafts);
    private readonly List<DraftRollout> rows = [];
    private readonly KeyValueCache cache = new(model.Config, model.OutputWeight.dtype, model.OutputWeight.device);
    private PromptReader? reader;
    private ICpuDecoder? cpu;
    private ILinearProducts? products;
    private bool isPrepared;

    /// <summary>Rollouts in flight.</summary>
    public int Rows => rows.Count;

    /// <summary>Tokens there is room for in the key-value cache, that of prompts being read included.</summary>
    public long CacheTokens => cache.RowCapacity * cache.Columns + (reader?.Tokens ?? 0);

    /// <summary>How often a row gave way.</summary>
    public int GaveWay { get; private set; }

    /// <summary>Decodes until some drafts are finished; others grow meanwhile.</summary>
    public void Finish(IReadOnlyList<DraftRollout> group, CancellationToken ct)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        if (!isPrepared && waiting.First is { } first) Prepare(Math.Min(limits.Rows, waiting.Count), first.Value.Limit);
        if (products is null) Decode();
        else LinearProducts.Use(products, Decode);

        void Decode()
        {
            while (group.Any(draft => draft.Finish is null))
            {
                ct.ThrowIfCancellationRequested();
                Step();
            }
        }
    }

    public void Dispose()
    {
        reader?.Dispose();
        cache.Dispose();
        products?.Dispose();
        cpu?.Dispose();
    }

    /// <summary>One token for each row in flight, and one chunk of what is to be read.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        List<Tensor> hidden = [];
        if (rows.Count > 0)
        {
            if (!cache.HasRoom) MakeRoom();
            int[] last = [.. rows.Select(row => row.Tokens[^1])];
            hidden.Add(cpu?.Hidden(last, cache) ?? model.Run(tensor(last, [last.Length, 1], ScalarType.Int64, model.OutputWeight.device), cache.Positions(), (int)cache.Longest, cache).squeeze(1));
        }
        if (Join() is { } joined) hidden.Add(joined);
        if (hidden.Count == 0) return;
        Extend(hidden.Count == 1 ? hidden[0] : cat(hidden));
        Remove(row => row.Finish is not null);
    }

    private void Prepare(int count, int tokens)
    {
        isPrepared = true;
        cpu = CpuDecoders.For(model, count, tokens, limits.CacheTokens);
        products = cpu is null ? CpuDecoders.Products(model, count, tokens) : cpu.Products;
    }

    private void Extend(Tensor hidden)
    {
        double[]? uniform = sampler.IsRandom ? [.. rows.Select(row => row.NextUniform)] : null;
        var drawn = cpu is not null && !sampler.Truncates ? cpu.Draw(hidden, sampler.Temperature, uniform)
            : sampler.Draw(cpu?.Logits(hidden) ?? model.Logits(hidden), uniform);
        for (var i = 0; i < rows.Count; i++) rows[i].Add(drawn[i].Token, drawn[i].LogProb, stop);
    }

    /// <summary>Rows leave, and rows from the end take their places.</summary>
    private void Remove(Func<DraftRollout, bool> leaves)
    {
        var kept = rows.Count(row => !leaves(row));
        if (kept == rows.Count) return;
        var (from, to, last) = (new List<int>(), new List<int>(), kept);
        for (var i = 0; i < kept; i++)
        {
            if (!leaves(rows[i])) continue;
            while (leaves(rows[last])) last++;
            from.Add(last);
            to.Add(i);
            rows[i] = rows[last++];
        }
        rows.RemoveRange(kept, rows.Count - kept);
        cache.Move(from, to, kept);
    }

    /// <summary>Room for the next token of every row in flight.</summary>
    private void MakeRoom()
    {
        var least = Ahead(cache.Longest, rows, KeyValueCache.Block);
        if (reader is not null && rows.Count * least > Free)
        {
            Return(reader.Remaining);
            reader.Dispose();
            reader = null;
        }
        var allowed = (int)Math.Max(1, Free / least);
        if (rows.Count > allowed)
        {
            var yielding = rows.OrderBy(row => row.Tokens.Count).Take(rows.Count - allowed).ToHashSet();
            Return(rows.Where(yielding.Contains).ToList());
            GaveWay += yielding.Count;
            Remove(yielding.Contains);
        }
        var wanted = ExpectedRows(least);
        // Half as much again, so that the copying stays in proportion to the tokens.
        var generous = Ahead(cache.Longest, rows, Math.Max(KeyValueCache.Block, cache.Longest / 2));
        cache.Resize(wanted, Math.Clamp(generous, least, Math.Max(least, Free / wanted)));
    }

    /// <summary>Tokens that the rows may take up.</summary>
    private long Free => limits.CacheTokens - (reader?.Tokens ?? 0);

    /// <summary>Rows there will be as soon as those that wait have joined.</summary>
    private long ExpectedRows(long columns) =>
        Math.Max(rows.Count, Math.Min(Math.Min(limits.Rows, Free / columns), rows.Count + waiting.Count + (reader?.Remaining.Count ?? 0)));

    private void Return(IReadOnlyList<DraftRollout> drafts)
    {
        foreach (var draft in drafts.Reverse()) waiting.AddFirst(draft);
    }

    /// <summary>Reads a chunk of what waits; when all is read, as many drafts join as there is room for.</summary>
    /// <returns>The hidden state of each new row's last token, <c>[new rows,H]</c>; null when none joined.</returns>
    private Tensor? Join()
    {
        reader ??= NextReader();
        if (reader is null) return null;
        if (!reader.IsRead) reader.Read(limits.StepTokens - rows.Count);
        if (!reader.IsRead) return null;
        var columns = Ahead(Math.Max(cache.Longest, reader.Longest), rows.Concat(reader.Remaining), KeyValueCache.Block);
        var count = (int)Math.Min(Math.Min(limits.Rows, Free / columns) - rows.Count, reader.Remaining.Count);
        if (count <= 0) return null;
        var (joined, hidden) = reader.HandOver(count, cache, ExpectedRows(columns), columns);
        rows.AddRange(joined);
        if (reader.Remaining.Count == 0)
        {
            reader.Dispose();
            reader = null;
        }
        return hidden;
    }

    /// <summary>Takes waiting drafts, whole groups as long as there is room for their first, and prepares to read them.</summary>
    private PromptReader? NextReader()
    {
        List<DraftRollout> next = [];
        var (sequences, longest) = (0L, 0L);
        foreach (var draft in waiting)
        {
            if (next.Count == 0 || !draft.SharesTokens(next[^1]))
            {
                var (count, length) = (sequences + 1, Math.Max(longest, draft.Length));
                var columns = Ahead(Math.Max(cache.Longest, length), rows.Concat(next).Append(draft), KeyValueCache.Block);
                if (rows.Count + next.Count >= limits.Rows || (rows.Count + 1) * columns + count * length > limits.CacheTokens) break;
                if (sequences > 0 && count * length > limits.StepTokens - rows.Count) break;
                (sequences, longest) = (count, length);
            }
            next.Add(draft);
        }
        if (next.Count == 0) return null;
        foreach (var _ in next) waiting.RemoveFirst();
        var reading = sequences * longest;
        if (cache.RowCapacity * cache.Columns + reading > limits.CacheTokens) cache.Resize(rows.Count, cache.Longest);
        return new PromptReader(model, next);
    }

    /// <summary>A length and some more tokens, but none that no draft may have.</summary>
    private static long Ahead(long length, IEnumerable<DraftRollout> drafts, long more) => length + Math.Min(more, drafts.Max(draft => draft.Limit - draft.Tokens.Count));
}
