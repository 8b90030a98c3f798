using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// The softmax work of a chunk on a processor, token by token (<see cref="HeadRow"/>): tensor operations would sweep over the tables some
/// twenty times, and take as long as two thirds of the matrix products.
/// </summary>
internal static unsafe class HeadKernel
{
    private const int States = 3;

    // Below this many logits, waking a thread takes as long as the work.
    private const long LeastForThreads = 1 << 17;

    /// <summary>Whether such tables are done here; others are done in tensor operations.</summary>
    public static bool Handles(params ReadOnlySpan<Tensor?> tables)
    {
        if (!Vector256.IsHardwareAccelerated) return false;
        foreach (var table in tables)
            if (table is not null && (table.device_type != DeviceType.CPU || table.dtype is not (ScalarType.Float32 or ScalarType.BFloat16) || table.shape[1] < LogitRow.Width)) return false;
        return true;
    }

    /// <summary>The rows of <see cref="HeadSettings"/>, <c>[rows,n]</c>, and what the gradient needs of them, <c>[3,n]</c>.</summary>
    /// <param name="settings">What is asked.</param>
    /// <param name="target">The tokens, <c>int64 [n]</c>; null: none.</param>
    /// <param name="student">Logits, <c>[n,V]</c>.</param>
    /// <param name="teacher">The teacher's; null: none.</param>
    public static (Tensor Rows, Tensor State) Scores(HeadSettings settings, Tensor? target, Tensor student, Tensor? teacher)
    {
        var count = student.shape[0];
        var (rows, state, targets) = (new float[settings.Rows * count], new float[States * count], target?.ToNumbers<long>());
        var (own, other, factors) = (Table.Of(student), teacher is null ? (Table?)null : Table.Of(teacher), HeadFactors.Of(settings));
        ForEachRow(student, i =>
        {
            var row = new HeadRow(own[i], other?[i], factors);
            var scores = row.Scores();
            (state[i], state[count + i], state[2 * count + i]) = (scores.Normaliser, scores.TeacherNormaliser, scores.Lead);
            if (targets is not null) rows[i] = row.LogProb(scores, (int)targets[i]);
            if (settings.WithEntropy) rows[settings.EntropyRow * count + i] = scores.Entropy;
            if (other is null) return;
            rows[settings.DivergenceRow * count + i] = scores.Divergence;
            if (targets is not null) rows[(settings.DivergenceRow + 1) * count + i] = row.TeacherLogProb(scores, (int)targets[i]);
        });
        return (tensor(rows, [settings.Rows, count]), tensor(state, [States, count]));
    }

    /// <summary>Writes τ times the gradient of the logits.</summary>
    /// <param name="settings">What was asked.</param>
    /// <param name="target">The tokens, <c>int64 [n]</c>; null: none.</param>
    /// <param name="student">Logits, <c>[n,V]</c>.</param>
    /// <param name="teacher">The teacher's; null: none.</param>
    /// <param name="scores">Rows of <see cref="Scores"/>.</param>
    /// <param name="state">State of <see cref="Scores"/>.</param>
    /// <param name="upstream">Gradients of the rows, <c>[rows,n]</c>.</param>
    /// <param name="result">Where to, <c>[n,V]</c>; may be the table of the student.</param>
    public static void Gradient(HeadSettings settings, Tensor? target, Tensor student, Tensor? teacher, Tensor scores, Tensor state, Tensor upstream, Tensor result)
    {
        var count = student.shape[0];
        var (rows, gradients, states, targets) = (scores.ToNumbers<float>(), upstream.ToNumbers<float>(), state.ToNumbers<float>(), target?.ToNumbers<long>());
        var (own, other, into, factors) = (Table.Of(student), teacher is null ? (Table?)null : Table.Of(teacher), Table.Of(result), HeadFactors.Of(settings));
        ForEachRow(student, i =>
        {
            float Of(float[] values, int row, bool isThere) => isThere ? values[row * count + i] : 0;
            var found = new HeadRowScores(states[i], states[count + i], states[2 * count + i], Of(rows, settings.EntropyRow, settings.WithEntropy), 0);
            new HeadRow(own[i], other?[i], factors).Gradient(found, targets is null ? -1 : (int)targets[i], Of(gradients, 0, targets is not null),
                Of(gradients, settings.EntropyRow, settings.WithEntropy), Of(gradients, settings.DivergenceRow, other is not null), into[i]);
        });
    }

    /// <summary>On as many threads as tensor operations may use. A row's result does not depend on their number.</summary>
    private static void ForEachRow(Tensor table, Action<int> body)
    {
        var (rows, threads) = ((int)table.shape[0], table.numel() < LeastForThreads ? 1 : get_num_threads());
        var parts = threads == 1 ? 1 : Math.Min(rows, 8 * threads);
        if (parts == 1) Part(0);
        else Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, Part);

        void Part(int part)
        {
            for (var i = (int)((long)rows * part / parts); i < (long)rows * (part + 1) / parts; i++) body(i);
        }
    }

    /// <summary>Where the rows of a contiguous tensor lie. The tensor must outlive it.</summary>
    private readonly record struct Table(nint Start, int Width, bool IsBFloat16)
    {
        public LogitRow this[int row] => new((byte*)Start + row * (long)Width * (IsBFloat16 ? 2 : 4), Width, IsBFloat16);

        public static Table Of(Tensor tensor) => new((nint)TensorMemory.Start(tensor), (int)tensor.shape[1], tensor.dtype == ScalarType.BFloat16);
    }
}
