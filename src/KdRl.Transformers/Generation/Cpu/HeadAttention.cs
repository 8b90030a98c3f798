using KdRl.Transformers.Models;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>One layer's attention of a decoding step: queries and keys are normalised where the family does so and turned, keys and values kept, and each query attends.</summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal readonly ref struct HeadAttention<T, F> where T : unmanaged where F : INumberFormat<T>
{
    private readonly TransformerConfig config;
    private readonly CpuLayer<T, F> layer;
    private readonly KeyValueCache cache;
    private readonly float[] turns;
    private readonly Span<T> keys, values;
    private readonly int d, shared;

    /// <param name="config">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="cache">Keys and values.</param>
    /// <param name="index">The layer's number.</param>
    /// <param name="turns">For each position the turns of a head's pairs.</param>
    public HeadAttention(TransformerConfig config, CpuLayer<T, F> layer, KeyValueCache cache, int index, float[] turns)
    {
        (this.config, this.layer, this.cache, this.turns) = (config, layer, cache, turns);
        var (k, v) = cache.Layer(index);
        keys = TensorMemory.Of<T>(k);
        values = TensorMemory.Of<T>(v);
        (d, shared) = (config.HeadDim, config.AttentionHeads / config.KvHeads);
    }

    /// <summary>The lane's share of rows and key heads.</summary>
    public void Attend(int lane, int lanes, StepBuffers<T> step, LaneScratch room)
    {
        var context = TensorMemory.Of<T>(step.Context);
        var (pairs, heads) = ((long)step.Count * config.KvHeads, config.AttentionHeads + 2 * config.KvHeads);
        for (var pair = (int)(pairs * lane / lanes); pair < (int)(pairs * (lane + 1) / lanes); pair++)
        {
            var (row, head) = (pair / config.KvHeads, pair % config.KvHeads);
            var own = step.QueryKeyValue.AsSpan(row * heads * d, heads * d);
            Attend(row, head, own, context.Slice((row * config.AttentionHeads + head * shared) * d, shared * d), room);
        }
    }

    private void Attend(int row, int head, ReadOnlySpan<T> own, Span<T> context, LaneScratch room)
    {
        var (next, first) = ((int)cache.Next, (int)cache.FirstSeen(row, layer.Slides));
        var turn = turns.AsSpan((int)(next - cache.Start(row)) * d, d);
        var offset = (int)(row * config.KvHeads + head) * (int)cache.Columns;
        var key = Part(own, config.AttentionHeads + head);
        var value = Part(own, config.AttentionHeads + config.KvHeads + head);
        Span<float> turned = room.Head(d);
        Turn(key, layer.KeyNorm, turn, turned, room);
        RowKernels<T, F>.Narrow(turned, keys.Slice((offset + next) * d, d));
        value.CopyTo(values[((offset + next) * d)..]);
        var (count, from) = (next + 1 - first, (offset + first) * d);
        var queries = room.StoredQueries<T>(shared * d);
        for (var i = 0; i < shared; i++)
        {
            Turn(Part(own, head * shared + i), layer.QueryNorm, turn, turned, room);
            RowKernels<T, F>.Narrow(turned, queries.Slice(i * d, d));
        }
        for (var i = 0; i < shared; i += RowAttention<T, F>.Queries)
        {
            var some = Math.Min(RowAttention<T, F>.Queries, shared - i) * d;
            RowAttention<T, F>.Attend(queries.Slice(i * d, some), d, keys.Slice(from, count * d), values.Slice(from, count * d), room, context.Slice(i * d, some));
        }
    }

    private ReadOnlySpan<T> Part(ReadOnlySpan<T> heads, int index) => heads.Slice(index * d, d);

    private void Turn(ReadOnlySpan<T> head, float[]? gains, ReadOnlySpan<float> turn, Span<float> turned, LaneScratch room)
    {
        RowKernels<T, F>.Widen(head, turned);
        if (gains is not null)
        {
            var normed = room.Stored<T>(d);
            RowKernels<T, F>.Normalize(turned, gains, config.RmsNormEpsilon, normed);
            RowKernels<T, F>.Widen(normed, turned);
        }
        RowKernels<T, F>.Turn(turned, turn, turned);
    }
}
