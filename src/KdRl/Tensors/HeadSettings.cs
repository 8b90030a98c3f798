using TorchSharp;
using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>How the head's kernels work through the rows.</summary>
/// <param name="Dtype">Dtype of softmax and results.</param>
/// <param name="Temperature">Divides the logits.</param>
/// <param name="ChunkRows">Rows whose logits exist at once.</param>
/// <param name="WithEntropy">Whether the entropy is a second row of the result.</param>
internal sealed record HeadSettings(ScalarType Dtype, double Temperature, long ChunkRows, bool WithEntropy)
{
    /// <summary>First row and number of rows of each chunk.</summary>
    public IEnumerable<(long Start, long Count)> Chunks(long rows)
    {
        for (var start = 0L; start < rows; start += ChunkRows) yield return (start, Math.Min(ChunkRows, rows - start));
    }

    /// <summary>Logits of some rows divided by the temperature, in the softmax dtype; a fresh tensor.</summary>
    public Tensor Logits(Tensor hidden, Tensor weight)
    {
        var logits = nn.functional.linear(hidden, weight).to(Dtype);
        return Scale(logits);
    }

    /// <summary>Divides by the temperature in place.</summary>
    public Tensor Scale(Tensor values)
    {
        if (Temperature == 1) return values;
        using var inverse = (1 / Temperature).ToScalar();
        return values.mul_(inverse);
    }
}
