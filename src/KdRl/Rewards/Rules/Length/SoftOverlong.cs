using KdRl.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Rewards;

/// <summary>The soft overlong punishment −f · max(0, L − (L_max − C)) / C, at least −f where capped; at C = 0 it is −f beyond L_max.</summary>
public static class SoftOverlong
{
    /// <summary>What is added to each reward.</summary>
    /// <param name="lengths">Tokens of each response, <c>[B]</c>.</param>
    /// <param name="options">Limit, buffer and size.</param>
    /// <returns><c>float64 [B]</c>, at most 0.</returns>
    /// <exception cref="ArgumentException">The limit is not set, the buffer exceeds it, or is 0 without a cap.</exception>
    public static Tensor Penalty(Tensor lengths, SoftOverlongOptions options)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentNullException.ThrowIfNull(options);
        if (Failure(options) is { } failure) throw new ArgumentException(failure, nameof(options));
        using var scope = NewDisposeScope();
        using var start = ((double)options.MaxLength - options.Buffer).ToScalar();
        using var size = (-options.Factor).ToScalar();
        var excess = lengths.detach().to(ScalarType.Float64).sub(start).clamp_min(Scalars.Zero);
        if (options.Buffer == 0) return excess.gt(Scalars.Zero).to(ScalarType.Float64).mul(size).MoveToOuterDisposeScope();
        using var buffer = ((double)options.Buffer).ToScalar();
        var share = excess.div(buffer);
        return (options.Capped ? share.clamp_max(Scalars.One) : share).mul(size).MoveToOuterDisposeScope();
    }

    /// <summary>What is added to the reward of one response; the same number as <see cref="Penalty(Tensor, SoftOverlongOptions)"/> gives it.</summary>
    /// <param name="length">Tokens of the response; at least 0.</param>
    /// <param name="options">Limit, buffer and size.</param>
    /// <returns>At most 0; at least −f where capped.</returns>
    /// <exception cref="ArgumentException">The length is negative, the limit is not set, the buffer exceeds it, or is 0 without a cap.</exception>
    public static double Penalty(int length, SoftOverlongOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (Failure(options) is { } failure) throw new ArgumentException(failure, nameof(options));
        var excess = Math.Max(0, length - ((double)options.MaxLength - options.Buffer));
        if (excess == 0) return 0;
        if (options.Buffer == 0) return -options.Factor;
        var share = excess / options.Buffer;
        return -options.Factor * (options.Capped ? Math.Min(share, 1) : share);
    }

    /// <summary>What is wrong with the options; null when nothing is.</summary>
    internal static string? Failure(SoftOverlongOptions o) =>
        o.MaxLength < 1 ? $"MaxLength is {o.MaxLength}, expected the length limit in tokens."
        : o.Buffer < 0 || o.Buffer > o.MaxLength ? $"Buffer is {o.Buffer}, expected 0 to MaxLength ({o.MaxLength})."
        : !double.IsFinite(o.Factor) || o.Factor <= 0 ? $"Factor is {o.Factor}, expected a positive number."
        : o.Buffer == 0 && !o.Capped ? "Buffer is 0 without a cap: a penalty that grows over 0 tokens is infinite. Set a buffer, or Capped."
        : null;
}
