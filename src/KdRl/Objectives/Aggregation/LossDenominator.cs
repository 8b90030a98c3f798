using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// The counts that a loss is divided by: those of the whole optimiser step, fixed before the first backward, so that any
/// split into micro-batches gives the same loss and gradient.
/// </summary>
/// <param name="Tokens">Valid tokens of the step.</param>
/// <param name="Sequences">Sequences of the step with at least one valid token.</param>
/// <param name="Constant">The constant of <see cref="LossAggregation.SequenceSumOverConstant"/>, above 0; null in the other modes.</param>
public sealed record LossDenominator(double Tokens, double Sequences, double? Constant = null)
{
    /// <summary>Counts a mask.</summary>
    /// <param name="mask">Mask of the whole step, <c>bool [B,T]</c>.</param>
    /// <param name="constant">See <see cref="Constant"/>.</param>
    /// <exception cref="ArgumentException">The mask is not two-dimensional.</exception>
    public static LossDenominator Of(Tensor mask, double? constant = null)
    {
        using var scope = NewDisposeScope();
        var rows = TensorGuard.Mask(mask).sum(1);
        var counts = rows.ToNumbers<long>();
        double tokens = 0, sequences = 0;
        foreach (var n in counts)
        {
            tokens += n;
            if (n > 0) sequences++;
        }
        return new LossDenominator(tokens, sequences, constant);
    }
}
