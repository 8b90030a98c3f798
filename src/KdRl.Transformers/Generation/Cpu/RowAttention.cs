using System.Runtime.Intrinsics;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// softmax(q·kᵀ/√d)·v of queries that share keys and values, which lie side by side in the cache. Four queries at a time pass over
/// them, so that each key and value is unpacked once for all four.
/// </summary>
/// <typeparam name="T">A number in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal static class RowAttention<T, F> where T : unmanaged where F : INumberFormat<T>
{
    /// <summary>Queries of one pass.</summary>
    public const int Queries = 4;

    /// <summary>Numbers that are unpacked at a time.</summary>
    private const int Part = 32;

    /// <param name="queries">The first queries, <c>[up to 4,d]</c>.</param>
    /// <param name="d">Width of a head.</param>
    /// <param name="keys"><c>[tokens,d]</c></param>
    /// <param name="values"><c>[tokens,d]</c></param>
    /// <param name="room">For the work.</param>
    /// <param name="context">Gets the results, <c>[up to 4,d]</c>.</param>
    public static void Attend(ReadOnlySpan<T> queries, int d, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, LaneScratch room, Span<T> context)
    {
        var (count, tokens) = (queries.Length / d, keys.Length / d);
        if (d % Part != 0)
        {
            // Rare, of small models: heads are filled up with zeros.
            var width = (d + Part - 1) / Part * Part;
            var filled = room.Filled<T>((2 * count + 2 * tokens) * width);
            filled.Clear();
            Copy(queries, d, filled[..(count * width)], width);
            Copy(keys, d, filled.Slice(2 * count * width, tokens * width), width);
            Copy(values, d, filled[((2 * count + tokens) * width)..], width);
            var whole = filled.Slice(count * width, count * width);
            AttendWhole(filled[..(count * width)], width, d, filled.Slice(2 * count * width, tokens * width), filled[((2 * count + tokens) * width)..], room, whole);
            Copy(whole, width, context, d);
        }
        else
        {
            AttendWhole(queries, d, d, keys, values, room, context);
        }
    }

    /// <summary>Rows of one width into rows of another.</summary>
    private static void Copy(ReadOnlySpan<T> from, int width, Span<T> to, int newWidth)
    {
        var common = Math.Min(width, newWidth);
        for (var i = 0; i * width < from.Length; i++) from.Slice(i * width, common).CopyTo(to[(i * newWidth)..]);
    }

    private static void AttendWhole(ReadOnlySpan<T> queries, int d, int real, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, LaneScratch room, Span<T> context)
    {
        var unpacked = room.Unpacked(d * Queries);
        Unpack(queries, d, unpacked);
        var count = keys.Length / d * Queries;
        // Filled up to whole vectors with what has no weight.
        var vectors = room.Numbers((count + 15) / 16 * 16);
        vectors[count..].Fill(float.NegativeInfinity);
        var weights = vectors[..count];
        Score(unpacked, d, 1 / MathF.Sqrt(real), keys, weights);
        Mix(weights, Exponentiate(vectors), d, values, context);
    }

    /// <summary>Part by part, the four queries of each part side by side; zeros for those there are none of.</summary>
    private static void Unpack(ReadOnlySpan<T> queries, int d, Span<float> unpacked)
    {
        unpacked.Clear();
        for (var i = 0; i * d < queries.Length; i++)
        {
            for (var at = 0; at < d; at += Part)
            {
                var (first, second) = F.LoadPair(queries.Slice(i * d, d), at);
                Float32Format.StorePair(unpacked, at * Queries + i * Part, first, second);
            }
        }
    }

    /// <summary>q·k/√d, <c>[tokens,4]</c></summary>
    private static void Score(ReadOnlySpan<float> queries, int d, float factor, ReadOnlySpan<T> keys, Span<float> scores)
    {
        var scale = Vector128.Create(factor);
        for (var token = 0; token * Queries < scores.Length; token++)
        {
            var key = keys.Slice(token * d, d);
            Vector512<float> a = default, b = default, c = default, e = default;
            for (var at = 0; at < d; at += Part)
            {
                var (first, second) = F.LoadPair(key, at);
                var four = queries.Slice(at * Queries, Queries * Part);
                a = Vector512.FusedMultiplyAdd(second, Float32Format.Load(four, 16), Vector512.FusedMultiplyAdd(first, Float32Format.Load(four, 0), a));
                b = Vector512.FusedMultiplyAdd(second, Float32Format.Load(four, 48), Vector512.FusedMultiplyAdd(first, Float32Format.Load(four, 32), b));
                c = Vector512.FusedMultiplyAdd(second, Float32Format.Load(four, 80), Vector512.FusedMultiplyAdd(first, Float32Format.Load(four, 64), c));
                e = Vector512.FusedMultiplyAdd(second, Float32Format.Load(four, 112), Vector512.FusedMultiplyAdd(first, Float32Format.Load(four, 96), e));
            }
            (Sums.Of(a, b, c, e) * scale).CopyTo(scores[(token * Queries)..]);
        }
    }

    /// <summary>e^(x − max) in place of x, <c>[tokens,4]</c>, a multiple of 16 numbers.</summary>
    /// <returns>The sums of the four.</returns>
    private static Vector128<float> Exponentiate(Span<float> scores)
    {
        var max = Vector128.Create(float.NegativeInfinity);
        for (var i = 0; i < scores.Length; i += Queries) max = Vector128.Max(max, Vector128.Create(scores.Slice(i, Queries)));
        var wide = Vector256.Create(max, max);
        var (shift, sums) = (Vector512.Create(wide, wide), Vector512<float>.Zero);
        for (var i = 0; i < scores.Length; i += 16)
        {
            var power = VectorMath.Exp(Float32Format.Load(scores, i) - shift);
            Float32Format.Store(scores, i, power);
            sums += power;
        }
        return Sums.Quarter(sums);
    }

    /// <summary>The means of the values under the weights, 32 of their numbers at a time.</summary>
    private static void Mix(ReadOnlySpan<float> weights, Vector128<float> totals, int d, ReadOnlySpan<T> values, Span<T> context)
    {
        for (var at = 0; at < d; at += Part)
        {
            Vector512<float> a1 = default, a2 = default, b1 = default, b2 = default, c1 = default, c2 = default, e1 = default, e2 = default;
            for (var token = 0; token * Queries < weights.Length; token++)
            {
                var (first, second) = F.LoadPair(values.Slice(token * d, d), at);
                var four = weights.Slice(token * Queries, Queries);
                var weight = Vector512.Create(four[0]);
                a1 = Vector512.FusedMultiplyAdd(weight, first, a1);
                a2 = Vector512.FusedMultiplyAdd(weight, second, a2);
                weight = Vector512.Create(four[1]);
                b1 = Vector512.FusedMultiplyAdd(weight, first, b1);
                b2 = Vector512.FusedMultiplyAdd(weight, second, b2);
                weight = Vector512.Create(four[2]);
                c1 = Vector512.FusedMultiplyAdd(weight, first, c1);
                c2 = Vector512.FusedMultiplyAdd(weight, second, c2);
                weight = Vector512.Create(four[3]);
                e1 = Vector512.FusedMultiplyAdd(weight, first, e1);
                e2 = Vector512.FusedMultiplyAdd(weight, second, e2);
            }
            Write(context, 0, d, at, a1, a2, totals);
            Write(context, 1, d, at, b1, b2, totals);
            Write(context, 2, d, at, c1, c2, totals);
            Write(context, 3, d, at, e1, e2, totals);
        }
    }

    private static void Write(Span<T> context, int query, int d, int at, Vector512<float> first, Vector512<float> second, Vector128<float> totals)
    {
        if (query * d >= context.Length) return;
        var share = Vector512.Create(1 / totals[query]);
        F.StorePair(context.Slice(query * d, d), at, first * share, second * share);
    }
}
