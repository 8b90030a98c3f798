using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>
/// Rotary position embedding (Su et al. 2021): pair i of a head at position p turns by p·f with f = θ^(−2i/d), or what
/// <see cref="RopeScaling"/> makes of f. Heads are stored with the two members of a pair side by side
/// (<see cref="HeadLayout"/>), so that a turn is one complex product.
/// </summary>
internal sealed class RotaryTable(TransformerConfig config) : IDisposable
{
    private readonly int headDim = config.HeadDim;
    private readonly double[] frequencies = Frequencies(config);
    private readonly double magnitude = config.RopeScaling?.Magnitude ?? 1;
    private readonly int limit = config.RopeScaling?.Limit(config) ?? int.MaxValue;
    private readonly Lock gate = new();
    private Tensor? turns;
    private float[] numbers = [];

    /// <summary>The turns of the given positions, repeated for each head so that one pass over memory applies them.</summary>
    /// <param name="positions"><c>int64 [B,T]</c>; rows that share storage (an expanded row) are looked up once.</param>
    /// <param name="maxPosition">The largest of them.</param>
    /// <param name="heads">Heads to be turned, query and key heads together.</param>
    /// <param name="type">Number type of the activations.</param>
    /// <returns>complex <c>[B or 1, T, heads·d/2]</c></returns>
    /// <exception cref="ArgumentException">A position is outside the context for which the frequencies hold.</exception>
    public Tensor At(Tensor positions, int maxPosition, int heads, ScalarType type)
    {
        Check(maxPosition);
        var (rows, length) = (positions.shape[0], positions.shape[1]);
        var shared = rows == 1 || positions.stride(0) == 0;
        var found = Find(shared ? positions.select(0, 0) : positions.reshape(-1), maxPosition);
        if (type == ScalarType.Float64) found = found.to(ScalarType.ComplexFloat64);
        return found.unsqueeze(1).expand(-1, heads, -1).reshape(shared ? 1 : rows, length, heads * headDim / 2);
    }

    /// <summary>The turns of a head's pairs for all positions up to one, cos and sin side by side: d numbers a position.</summary>
    /// <exception cref="ArgumentException">The position is outside the context for which the frequencies hold.</exception>
    public float[] Turns(int maxPosition)
    {
        Check(maxPosition);
        lock (gate)
        {
            if (numbers.Length <= maxPosition * headDim) numbers = Numbers(maxPosition);
            return numbers;
        }
    }

    /// <summary>x turned; <c>[B,T,heads,d]</c>, the last two dimensions contiguous.</summary>
    public static Tensor Apply(Tensor x, Tensor turns)
    {
        var (shape, type) = (x.shape, x.dtype);
        var real = type is ScalarType.Float16 or ScalarType.BFloat16 ? x.to(ScalarType.Float32) : x;
        var turned = real.view(shape[0], shape[1], shape[2] * shape[3] / 2, 2).view_as_complex().mul(turns).view_as_real().view(shape);
        return turned.dtype == type ? turned : turned.to(type);
    }

    private Tensor Find(Tensor positions, int maxPosition)
    {
        // Several threads may read one model, and a table that grows is replaced.
        lock (gate)
        {
            if (turns is null || turns.shape[0] <= maxPosition || turns.device != positions.device) Grow(maxPosition, positions.device);
            return turns!.index_select(0, positions);
        }
    }

    private static double[] Frequencies(TransformerConfig config)
    {
        var plain = Enumerable.Range(0, config.HeadDim / 2).Select(i => Math.Pow(config.RopeTheta, -2.0 * i / config.HeadDim)).ToArray();
        config.RopeScaling?.Apply(plain, config);
        return plain;
    }

    private void Check(int positions)
    {
        if (positions >= limit)
            throw new ArgumentException($"Position {positions} is outside the {limit} for which this model's {config.RopeScaling} holds.", nameof(positions));
    }

    /// <summary>Turns of a power of two of positions, at least 64.</summary>
    private float[] Numbers(int maxPosition)
    {
        var count = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(maxPosition + 1, 64));
        var values = new float[count * headDim];
        for (var p = 0; p < count; p++)
        {
            for (var i = 0; i < headDim / 2; i++)
            {
                var (sin, cos) = Math.SinCos(p * frequencies[i]);
                (values[p * headDim + 2 * i], values[p * headDim + 2 * i + 1]) = ((float)(magnitude * cos), (float)(magnitude * sin));
            }
        }
        return values;
    }

    private void Grow(int maxPosition, Device device)
    {
        var values = Numbers(maxPosition);
        turns?.Dispose();
        using var scope = NewDisposeScope();
        turns = tensor(values, [values.Length / headDim, headDim / 2, 2]).view_as_complex().to(device).DetachFromDisposeScope();
    }

    public void Dispose() => turns?.Dispose();
}
