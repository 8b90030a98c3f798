using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// x·Wᵀ + b whose outputs are divided among lanes. A single row x is multiplied with the weights where they are; for more rows each
/// lane's weights are laid out by oneDNN where that pays, and copied where not.
/// </summary>
/// <typeparam name="T">A number of the model in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal sealed class LaneLinear<T, F> : IDisposable where T : unmanaged where F : INumberFormat<T>
{
    private readonly Share[] shares;
    private readonly int inputs, outputs, parts;

    /// <summary>The outputs are parts of equal size, and each lane has the same range of every part.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <param name="bias"><c>[outputs]</c></param>
    /// <param name="crew">The lanes, each of which lays its weights out.</param>
    /// <param name="rows">Rows of x to be expected.</param>
    /// <param name="parts">Number of parts.</param>
    public LaneLinear(Tensor weight, Tensor? bias, LaneCrew crew, int rows, int parts = 1)
    {
        (outputs, inputs, this.parts) = ((int)weight.shape[0], (int)weight.shape[1], parts);
        IsForOne = rows == 1 && inputs % MatrixVector<T, F>.Part == 0;
        shares = new Share[crew.Lanes];
        crew.Run(lane => shares[lane] = Of(weight.detach(), bias?.detach(), lane, crew.Lanes, rows));
    }

    /// <summary>Whether it takes one row only.</summary>
    public bool IsForOne { get; }

    /// <summary>The first of the lane's outputs in each part, and how many it has there.</summary>
    public (int Start, int Count) this[int lane] => (shares[lane].Start, shares[lane].Count);

    /// <summary>The lane's outputs, those of a row side by side.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="x"><c>[rows, inputs]</c></param>
    /// <param name="room">The lane's.</param>
    public LaneOutput<T> Apply(int lane, Tensor x, LaneScratch room)
    {
        var share = shares[lane];
        if (share.Count == 0) return new LaneOutput<T>([], null);
        if (IsForOne) return new LaneOutput<T>(One(share, Memory.Of<T>(x), room), null);
        var y = share.IsPacked ? PackedLinear.Apply(x, share.Weights[0], share.Bias) : nn.functional.linear(x, share.Weights[0], share.Bias);
        return new LaneOutput<T>(Memory.Of<T>(y), y);
    }

    /// <summary>Writes the lane's outputs into their places among all; there is one part.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="x"><c>[rows, inputs]</c></param>
    /// <param name="room">The lane's.</param>
    /// <param name="y"><c>[rows, outputs]</c></param>
    public void Apply(int lane, Tensor x, LaneScratch room, Span<T> y)
    {
        using var own = Apply(lane, x, room);
        var (start, count) = this[lane];
        for (var row = 0; row * count < own.Numbers.Length; row++)
            own.Numbers.Slice(row * count, count).CopyTo(y[(row * outputs + start)..]);
    }

    public void Dispose()
    {
        foreach (var share in shares)
        {
            foreach (var weight in share.Weights) weight.Dispose();
            share.Bias?.Dispose();
        }
    }

    private Share Of(Tensor weight, Tensor? bias, int lane, int lanes, int rows)
    {
        using var scope = NewDisposeScope();
        var (start, end) = Range(outputs / parts, lane, lanes);
        var own = bias is null ? null : cat(Rows(bias)).DetachFromDisposeScope();
        if (IsForOne) return new Share(start, end - start, [.. Rows(weight).Select(part => part.DetachFromDisposeScope())], false, own);
        var whole = parts == 1 ? Rows(weight)[0] : cat(Rows(weight));
        var packed = end > start ? PackedLinear.Pack(whole, rows) : null;
        return new Share(start, end - start, [(packed ?? (parts == 1 ? whole.clone() : whole)).DetachFromDisposeScope()], packed is not null, own);

        Tensor[] Rows(Tensor all) => [.. Enumerable.Range(0, parts).Select(part => all.narrow(0, part * (outputs / parts) + start, end - start))];
    }

    /// <summary>A lane's range; a multiple of 32 but for the last, for products of whole vectors.</summary>
    private static (int Start, int End) Range(int size, int lane, int lanes)
    {
        return (Bound(lane), Bound(lane + 1));

        int Bound(int i) => i == lanes ? size : (int)((long)size * i / lanes) / 32 * 32;
    }

    private Span<T> One(Share share, ReadOnlySpan<T> x, LaneScratch room)
    {
        var line = room.Numbers(share.Count * parts);
        for (var part = 0; part < parts; part++)
        {
            var own = line.Slice(part * share.Count, share.Count);
            MatrixVector<T, F>.Multiply(Memory.Of<T>(share.Weights[part]), x, room, own);
        }
        for (var i = 0; i < share.Added.Length; i++) line[i] += share.Added[i];
        var y = room.Outputs<T>(line.Length);
        RowKernels<T, F>.Narrow(line, y);
        return y;
    }

    private sealed record Share(int Start, int Count, Tensor[] Weights, bool IsPacked, Tensor? Bias)
    {
        /// <summary>The bias as 32-bit numbers.</summary>
        public float[] Added { get; } = Bias?.to(ScalarType.Float32).data<float>().ToArray() ?? [];
    }
}
