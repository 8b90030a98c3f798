using static TorchSharp.torch;

namespace KdRl.Training;

/// <summary>What came of one micro-batch.</summary>
/// <param name="Rows">Its rows among those of the update.</param>
/// <param name="LogProbs">By row, of each completion token.</param>
/// <param name="Entropy">By row, of each completion token.</param>
/// <param name="Teacher">The teacher's log-probs by row; null when it was not asked.</param>
/// <param name="Metrics">Its share of the metrics; <c>loss</c> is one of them.</param>
/// <param name="Gradients">Of the optimiser's parameters; null when they are with the parameters already, or the loss is not finite.</param>
/// <param name="Forward">Time to the loss.</param>
/// <param name="Backward">Time of the gradient.</param>
internal sealed record MicroBatchResult(
    int[] Rows, float[][] LogProbs, float[][] Entropy, float[][]? Teacher, IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyList<Tensor>? Gradients, TimeSpan Forward, TimeSpan Backward)
{
    /// <summary>The loss.</summary>
    public double Loss => Metrics["loss"];
}
