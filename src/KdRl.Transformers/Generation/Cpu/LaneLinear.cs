using KdRl.Transformers.Models;
using static TorchSharp.torch;

namespace KdRl.Transformers.Generation.Cpu;

/// <summary>x·Wᵀ + b whose outputs are divided among lanes, each lane's weights laid out for few rows of x where that pays.</summary>
internal sealed class LaneLinear : IDisposable
{
    private readonly Share[] shares;
    private readonly int outputs;

    private LaneLinear(Share[] shares, int outputs) => (this.shares, this.outputs) = (shares, outputs);

    /// <summary>Each lane has a range of the outputs.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c></param>
    /// <param name="bias"><c>[outputs]</c></param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="rows">Rows of x to be expected.</param>
    public static LaneLinear Divided(Tensor weight, Tensor? bias, int lanes, int rows) => Stacked(weight, bias, 1, lanes, rows);

    /// <summary>The outputs are parts of equal size, and each lane has the same range of every part.</summary>
    /// <inheritdoc cref="Divided"/>
    public static LaneLinear Stacked(Tensor weight, Tensor? bias, int parts, int lanes, int rows)
    {
        var size = (int)weight.shape[0] / parts;
        return new LaneLinear([.. Enumerable.Range(0, lanes).Select(Of)], (int)weight.shape[0]);

        Share Of(int lane)
        {
            using var scope = NewDisposeScope();
            var (start, end) = Range(size, lane, lanes);
            var own = Rows(weight.detach());
            var packed = own.shape[0] > 0 ? PackedLinear.Pack(own, rows) : null;
            return new Share(start, end - start, (packed ?? own.clone()).DetachFromDisposeScope(), packed is not null, bias is null ? null : Rows(bias.detach()).clone().DetachFromDisposeScope());

            Tensor Rows(Tensor whole) => cat([.. Enumerable.Range(0, parts).Select(part => whole.narrow(0, part * size + start, end - start))]);
        }
    }

    /// <summary>The lane's outputs, <c>[rows, its outputs]</c>; null when it has none.</summary>
    public Tensor? Apply(int lane, Tensor x)
    {
        var share = shares[lane];
        if (share.Count == 0) return null;
        return share.IsPacked ? PackedLinear.Apply(x, share.Weight, share.Bias) : nn.functional.linear(x, share.Weight, share.Bias);
    }

    /// <summary>Writes the lane's outputs into their places among all.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="x"><c>[rows, inputs]</c></param>
    /// <param name="y"><c>[rows, outputs]</c></param>
    public void Apply<T>(int lane, Tensor x, Span<T> y) where T : unmanaged
    {
        using var output = Apply(lane, x);
        if (output is null) return;
        var own = Memory.Of<T>(output);
        var share = shares[lane];
        for (var row = 0; row * share.Count < own.Length; row++)
            own.Slice(row * share.Count, share.Count).CopyTo(y[(row * outputs + share.Start)..]);
    }

    /// <summary>The first of the lane's outputs, in each part, and how many it has there.</summary>
    public (int Start, int Count) this[int lane] => (shares[lane].Start, shares[lane].Count);

    public void Dispose()
    {
        foreach (var share in shares)
        {
            share.Weight.Dispose();
            share.Bias?.Dispose();
        }
    }

    /// <summary>A lane's range; a multiple of 32 but for the last, for products of whole vectors.</summary>
    private static (int Start, int End) Range(int size, int lane, int lanes)
    {
        return (Bound(lane), Bound(lane + 1));

        int Bound(int i) => i == lanes ? size : (int)((long)size * i / lanes) / 32 * 32;
    }

    private sealed record Share(int Start, int Count, Tensor Weight, bool IsPacked, Tensor? Bias);
}
