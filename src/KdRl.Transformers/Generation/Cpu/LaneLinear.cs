using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>
/// x·Wᵀ + b whose outputs are divided among lanes. Rows x are multiplied with the weights where they are if that is fastest; if not, each
/// lane's weights are laid out by oneDNN where that pays, and copied where not.
/// </summary>
/// <typeparam name="T">A number of the model in memory.</typeparam>
/// <typeparam name="F">Its format.</typeparam>
internal sealed class LaneLinear<T, F> : IDisposable where T : unmanaged where F : INumberFormat<T>
{
    private readonly Share[] shares;
    private readonly int inputs, outputs, parts;
    private readonly InPlaceProduct<T, F>? product;

    /// <summary>The outputs are parts of equal size, and each lane has the same range of every part.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <param name="bias"><c>[outputs]</c></param>
    /// <param name="crew">The lanes, each of which lays its weights out.</param>
    /// <param name="rows">Rows of x to be expected.</param>
    /// <param name="inPlace">Whether products may be those of <see cref="DotProducts"/> where there are any.</param>
    /// <param name="parts">Number of parts.</param>
    public LaneLinear(Tensor weight, Tensor? bias, LaneCrew crew, int rows, bool inPlace, int parts = 1)
    {
        (outputs, inputs, this.parts) = ((int)weight.shape[0], (int)weight.shape[1], parts);
        product = InPlaceProduct<T, F>.For(inputs, rows, inPlace);
        shares = new Share[crew.Lanes];
        crew.Run(lane => shares[lane] = Of(weight.detach(), bias?.detach(), crew.Range(outputs / parts, lane), rows));
    }

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
        if (product is not null)
        {
            var numbers = TensorMemory.Of<T>(x);
            var width = share.Count * parts;
            var own = room.Outputs<T>(numbers.Length / inputs * width);
            for (var part = 0; part < parts; part++) Multiply(share, part, numbers, room, own[(part * share.Count)..], width);
            return new LaneOutput<T>(own, null);
        }
        var y = share.IsPacked ? PackedLinear.Apply(x, share.Weights[0], share.Bias) : nn.functional.linear(x, share.Weights[0], share.Bias);
        return new LaneOutput<T>(TensorMemory.Of<T>(y), y);
    }

    /// <summary>Writes the lane's outputs into their places among all; there is one part.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="x"><c>[rows, inputs]</c></param>
    /// <param name="room">The lane's.</param>
    /// <param name="y"><c>[rows, outputs]</c></param>
    public void Apply(int lane, Tensor x, LaneScratch room, Span<T> y)
    {
        var (start, count) = this[lane];
        if (product is not null && count > 0)
        {
            Multiply(shares[lane], 0, TensorMemory.Of<T>(x), room, y[start..], outputs);
            return;
        }
        using var own = Apply(lane, x, room);
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

    private Share Of(Tensor weight, Tensor? bias, (int Start, int End) range, int rows)
    {
        using var scope = NewDisposeScope();
        var (start, end) = range;
        var own = bias is null ? null : cat(Rows(bias)).DetachFromDisposeScope();
        if (product is not null) return new Share(start, end - start, [.. Rows(weight).Select(part => part.DetachFromDisposeScope())], false, own);
        var whole = parts == 1 ? Rows(weight)[0] : cat(Rows(weight));
        var packed = end > start ? PackedLinear.Pack(whole, rows) : null;
        return new Share(start, end - start, [(packed ?? (parts == 1 ? whole.clone() : whole)).DetachFromDisposeScope()], packed is not null, own);

        Tensor[] Rows(Tensor all) => [.. Enumerable.Range(0, parts).Select(part => all.narrow(0, part * (outputs / parts) + start, end - start))];
    }

    private void Multiply(Share share, int part, ReadOnlySpan<T> x, LaneScratch room, Span<T> y, int stride)
    {
        var added = share.Added.AsSpan(part * share.Count, share.Count);
        product!.Multiply(x, TensorMemory.Of<T>(share.Weights[part]), added, room, y, stride);
    }

    private sealed record Share(int Start, int Count, Tensor[] Weights, bool IsPacked, Tensor? Bias)
    {
        /// <summary>The bias as 32-bit numbers; zeros without one.</summary>
        public float[] Added { get; } = Bias?.ToNumbers<float>() ?? new float[Count * Weights.Length];
    }
}
