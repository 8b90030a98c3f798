using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation;

/// <summary>
/// Reads the sequences of some drafts, each distinct one once and a chunk of their columns at a time, and keeps their keys and values
/// until every draft has taken them over.
/// </summary>
internal sealed class PromptReader : IDisposable
{
    private readonly CausalLM model;
    private readonly List<DraftRollout> drafts;
    private readonly long[] source;
    private readonly SharedPrompts prompts;
    private readonly Tensor[] held;
    private readonly PromptAttention attention;
    private long read;
    private int taken;
    private Tensor? last;

    /// <param name="model">The policy.</param>
    /// <param name="drafts">At least one; fresh drafts of one prompt stand together and share what is read.</param>
    public PromptReader(CausalLM model, List<DraftRollout> drafts)
    {
        (this.model, this.drafts, source) = (model, drafts, new long[drafts.Count]);
        List<int[]> sequences = [];
        for (var i = 0; i < drafts.Count; i++)
        {
            if (i == 0 || !drafts[i].SharesTokens(drafts[i - 1])) sequences.Add(drafts[i].Sequence());
            source[i] = sequences.Count - 1;
        }
        prompts = SharedPrompts.Of(sequences, source, model.OutputWeight.device);
        held = [prompts.Ids, prompts.Positions, prompts.Lengths, prompts.Row, .. prompts.Attention is { } real ? new[] { real } : []];
        foreach (var tensor in held) tensor.DetachFromDisposeScope();
        attention = new PromptAttention(prompts.Attention, prompts.Longest, model.Config.Layers, model.OutputWeight.dtype, model.Config.SlidingWindow);
        Tokens = prompts.Ids.numel();
    }

    /// <summary>Tokens it holds keys and values of once all is read, padding included.</summary>
    public long Tokens { get; }

    /// <summary>Tokens of the longest sequence.</summary>
    public long Longest => prompts.Longest;

    /// <summary>Whether everything is read.</summary>
    public bool IsRead => read == prompts.Longest;

    /// <summary>The drafts that have not taken over yet.</summary>
    public IReadOnlyList<DraftRollout> Remaining => drafts.GetRange(taken, drafts.Count - taken);

    /// <summary>Reads the next columns.</summary>
    /// <param name="tokens">The most tokens of all sequences together; one column is read in any case.</param>
    public void Read(long tokens)
    {
        using var scope = NewDisposeScope();
        var count = Math.Min(prompts.Longest - read, Math.Max(1, tokens / prompts.Ids.shape[0]));
        var before = attention.Layers.ToArray();
        var hidden = model.Run(prompts.Ids.narrow(1, read, count), prompts.Positions.narrow(1, read, count), (int)(read + count - 1), attention);
        foreach (var (key, value) in attention.Layers)
        {
            key.DetachFromDisposeScope();
            value.DetachFromDisposeScope();
        }
        foreach (var (key, value) in before)
        {
            key.Dispose();
            value.Dispose();
        }
        read += count;
        if (IsRead) last = hidden.select(1, count - 1).clone().DetachFromDisposeScope();
    }

    /// <summary>Hands the next drafts over to a cache.</summary>
    /// <param name="count">Number of drafts.</param>
    /// <param name="cache">Gets a row for each.</param>
    /// <param name="rows">Rows to make room for, if new room is needed.</param>
    /// <param name="columns">Columns to make room for, if new room is needed.</param>
    /// <returns>The drafts, and the final hidden state of each one's last token, <c>[count,H]</c>.</returns>
    public (List<DraftRollout> Drafts, Tensor Hidden) HandOver(int count, KeyValueCache cache, long rows, long columns)
    {
        var (next, row) = (drafts.GetRange(taken, count), prompts.Row.narrow(0, taken, count));
        taken += count;
        cache.Join(attention, row, next.ConvertAll(draft => draft.Length), rows, columns);
        return (next, last!.index_select(0, row));
    }

    public void Dispose()
    {
        foreach (var tensor in held) tensor.Dispose();
        foreach (var (key, value) in attention.Layers)
        {
            key.Dispose();
            value.Dispose();
        }
        last?.Dispose();
    }
}
