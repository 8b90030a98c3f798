using KdRl.Transformers.Checkpoints;
using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Keys and values of sequences that grow side by side: per layer <c>[rows, key heads, columns, d]</c>, each row's tokens ending
/// in the same column, so that a step writes one column, and rows of any length can join and leave between steps. Room is
/// made in blocks of columns, and columns that no row needs any more are dropped.
/// </summary>
/// <remarks>
/// A table of blocks per row, as GPU servers keep it, would cost libtorch a gather of all keys and values at each layer and step. Here
/// attention reads the tensors in place; the price is that every row takes as many columns as the longest.
/// </remarks>
/// <param name="config">The model.</param>
/// <param name="type">Number type of the activations.</param>
/// <param name="device">Where the model is.</param>
internal sealed class KeyValueCache(TransformerConfig config, ScalarType type, Device device) : IAttention, IDisposable
{
    /// <summary>Columns that are added at a time, at least.</summary>
    public const int Block = 64;

    private readonly (Tensor Keys, Tensor Values)[] layers = new (Tensor, Tensor)[config.Layers];
    private readonly List<long> start = []; // The column of each row's first token.
    private long next; // The column of the token being added.
    private long earliest; // The smallest start.
    private Tensor? bias; // 0 from each row's start on and −∞ before, [rows,1,1,columns]; null when all start in one column.
    private (Tensor? Full, Tensor? Sliding) stepBias;
    private int layer;

    /// <summary>Sequences held.</summary>
    public int Rows => start.Count;

    /// <summary>Tokens of the longest.</summary>
    public long Longest => next - earliest;

    /// <summary>Rows there is room for.</summary>
    public long RowCapacity { get; private set; }

    /// <summary>Columns there is room for.</summary>
    public long Columns { get; private set; }

    /// <summary>Whether there is a column for the next token.</summary>
    public bool HasRoom => next < Columns;

    /// <summary>The column of the token being added.</summary>
    public long Next => next;

    /// <summary>Bytes that one token of one sequence takes.</summary>
    public static long BytesPerToken(TransformerConfig config, long bytesPerNumber) => 2 * config.Layers * config.KvHeads * config.HeadDim * bytesPerNumber;

    /// <summary>Positions of the rows' next tokens, <c>int64 [rows,1]</c>; one shared row when all are the same.</summary>
    public Tensor Positions()
    {
        if (bias is null) return tensor([Longest], [1, 1], device: device).expand(Rows, 1);
        return tensor(start.Select(first => next - first).ToArray(), [Rows, 1], device: device);
    }

    /// <summary>A layer's keys and values, <c>[row capacity, key heads, columns, d]</c>, contiguous.</summary>
    public (Tensor Keys, Tensor Values) Layer(int index) => layers[index];

    /// <summary>The column of a row's first token.</summary>
    public long Start(int row) => start[row];

    /// <summary>The first column that a row's next token sees.</summary>
    public long FirstSeen(int row, bool slides) => slides && config.SlidingWindow is { } window ? Math.Max(start[row], next + 1 - window) : start[row];

    /// <summary>Goes on to the next column, when all layers have their keys and values of this one.</summary>
    public void Advance() => next++;

    public Tensor Attend(Tensor query, Tensor key, Tensor value, bool slides)
    {
        // For all layers of the step.
        if (layer == 0) stepBias = (SeenBias(null)?.MoveToOuterDisposeScope(), SeenBias(config.SlidingWindow)?.MoveToOuterDisposeScope());
        var (keys, values) = layers[layer];
        if (Rows < RowCapacity) (keys, values) = (keys.narrow(0, 0, Rows), values.narrow(0, 0, Rows));
        keys.narrow(2, next, 1).copy_(key);
        values.narrow(2, next, 1).copy_(value);
        var first = FirstSeen(slides ? config.SlidingWindow : null);
        (keys, values) = (keys.narrow(2, first, next + 1 - first), values.narrow(2, first, next + 1 - first));
        // One query per row: the heads that share a key take the place of the time dimension.
        var (b, h, d) = (query.shape[0], keys.shape[1], keys.shape[3]);
        var context = nn.functional.scaled_dot_product_attention(query.reshape(b, h, query.shape[1] / h, d), keys, values, slides ? stepBias.Sliding : stepBias.Full);
        if (++layer == layers.Length) (layer, next) = (0, next + 1);
        return context.reshape(b, query.shape[1], 1, d);
    }

    /// <summary>Adds rows that continue prompts.</summary>
    /// <param name="prompt">Keys and values of the prompts.</param>
    /// <param name="source">For each new row the number of its prompt, <c>int64 [new rows]</c>.</param>
    /// <param name="lengths">Tokens of each new row.</param>
    /// <param name="rows">Rows to make room for, if new room is needed; at least those there will be.</param>
    /// <param name="columns">Columns to make room for, if new room is needed; at least the tokens of the longest row, new or not.</param>
    public void Join(PromptAttention prompt, Tensor source, IReadOnlyList<int> lengths, long rows, long columns)
    {
        var (held, added, width) = (Rows, lengths.Count, prompt.Length);
        if (held == 0) (next, earliest) = (width, width);
        if (held + added > RowCapacity || width > next || next > Columns) Reallocate(rows, columns, Math.Max(width, Longest));
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i].Keys.narrow(0, held, added).narrow(2, next - width, width).copy_(prompt.Layers[i].Key.index_select(0, source));
            layers[i].Values.narrow(0, held, added).narrow(2, next - width, width).copy_(prompt.Layers[i].Value.index_select(0, source));
        }
        start.AddRange(lengths.Select(length => next - length));
        Rebuild();
    }

    /// <summary>Moves rows into the places of rows that left, and forgets those behind the last that stays.</summary>
    /// <param name="from">The rows that move.</param>
    /// <param name="to">Their new places.</param>
    /// <param name="kept">Rows that stay, moved ones included.</param>
    public void Move(IReadOnlyList<int> from, IReadOnlyList<int> to, int kept)
    {
        if (from.Count > 0)
        {
            using var scope = NewDisposeScope();
            var (source, target) = (tensor(from.Select(i => (long)i).ToArray(), device: device), tensor(to.Select(i => (long)i).ToArray(), device: device));
            foreach (var tensor in layers.SelectMany(l => new[] { l.Keys, l.Values }))
            {
                var used = tensor.narrow(2, earliest, Longest);
                used.index_copy_(0, target, used.index_select(0, source));
            }
            for (var i = 0; i < from.Count; i++) start[to[i]] = start[from[i]];
        }
        start.RemoveRange(kept, start.Count - kept);
        Rebuild();
    }

    /// <summary>Changes the room there is.</summary>
    /// <param name="rows">At least <see cref="Rows"/>.</param>
    /// <param name="columns">At least <see cref="Longest"/>.</param>
    public void Resize(long rows, long columns)
    {
        Reallocate(rows, columns, Longest);
        Rebuild();
    }

    /// <summary>New tensors, in which the rows end before column <paramref name="end"/>.</summary>
    private void Reallocate(long rows, long columns, long end)
    {
        var (from, length) = (earliest, Longest);
        using var scope = NewDisposeScope();
        for (var i = 0; i < layers.Length; i++)
        {
            var (keys, values) = layers[i];
            layers[i] = (Moved(keys), Moved(values));
            keys?.Dispose();
            values?.Dispose();
        }
        for (var i = 0; i < start.Count; i++) start[i] += end - next;
        (earliest, next, RowCapacity, Columns) = (end - length, end, rows, columns);

        // Zeros: what a mask hides must be a number, since −∞ + NaN is NaN.
        Tensor Moved(Tensor? old)
        {
            var fresh = empty([rows, config.KvHeads, columns, config.HeadDim], dtype: type, device: device).DetachFromDisposeScope();
            KernelHints.UseLargePages(fresh, all: false);
            fresh.zero_();
            if (Rows > 0) fresh.narrow(0, 0, Rows).narrow(2, end - length, length).copy_(old!.narrow(0, 0, Rows).narrow(2, from, length));
            return fresh;
        }
    }

    /// <summary>What follows from the starts.</summary>
    private void Rebuild()
    {
        bias?.Dispose();
        bias = null;
        earliest = start.Count == 0 ? next : start.Min();
        if (start.TrueForAll(first => first == earliest)) return;
        using var scope = NewDisposeScope();
        var early = Ranges.UpTo(Columns, device).lt(tensor(start.ToArray(), [Rows, 1], device: device));
        bias = zeros([Rows, Columns], dtype: type, device: device).masked_fill(early, Scalars.NegativeInfinity).view(Rows, 1, 1, Columns).DetachFromDisposeScope();
    }

    private long FirstSeen(int? window) => window is { } w ? Math.Max(earliest, next + 1 - w) : earliest;

    private Tensor? SeenBias(int? window) => bias?.narrow(3, FirstSeen(window), next + 1 - FirstSeen(window));

    public void Dispose()
    {
        foreach (var (keys, values) in layers)
        {
            keys?.Dispose();
            values?.Dispose();
        }
        bias?.Dispose();
    }
}
