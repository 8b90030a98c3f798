using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.Objectives;

/// <summary>
/// The objective of one step, or of one micro-batch of it: then every number is that part of the step's, and the parts add up.
/// All tensors are scalars and belong to the caller; only <see cref="Loss"/> has a gradient.
/// </summary>
public sealed class ObjectiveResult
{
    /// <summary>What to differentiate: RlLoss + Beta · KdLoss + coefficient · ReferenceKl − coefficient · Entropy.</summary>
    public required Tensor Loss { get; init; }

    /// <summary>The aggregated policy loss; on the advantage path it holds the teacher too. 0 without one.</summary>
    public required Tensor RlLoss { get; init; }

    /// <summary>The aggregated, gated teacher term before <see cref="Beta"/>; 0 on every path but the loss paths.</summary>
    public required Tensor KdLoss { get; init; }

    /// <summary>The aggregated KL to the reference, before its coefficient; 0 without one.</summary>
    public required Tensor ReferenceKl { get; init; }

    /// <summary>The aggregated entropy in nats, before its coefficient; 0 when no entropy was given.</summary>
    public required Tensor Entropy { get; init; }

    /// <summary>The coefficient of the teacher at this step.</summary>
    public required double Beta { get; init; }

    /// <summary>Token mean of d = teacher − student log-prob, before gate, clip and extrapolation, in nats; 0 without a teacher.</summary>
    public Tensor MeanD => Metrics["distillation/mean_d"];

    /// <summary>Token mean of k3 = eᵈ − 1 − d, an estimate of the reverse KL, in nats; 0 without a teacher.</summary>
    public Tensor MeanK3 => Metrics["distillation/k3"];

    /// <summary>Share of the responses with tokens whose gate weight is above 0, i.e. that are distilled; 0 without a teacher.</summary>
    public Tensor GatedFraction => Metrics["distillation/gated_fraction"];

    /// <summary>
    /// All numbers by their logged name, still tensors. Beside those above: <c>clip_ratio/*</c>, shares of the tokens on which a bound acted;
    /// <c>policy_kl</c>, k3 between old and current policy; <c>distillation/far_share</c>, share of the tokens with d below −5;
    /// <c>policy_gradient_l1</c> and <c>distillation/gradient_l1</c>, how hard reward and teacher pull at the log-probs.
    /// </summary>
    public required IReadOnlyDictionary<string, Tensor> Metrics { get; init; }

    /// <summary>Hands all tensors to the dispose scope around the open one.</summary>
    internal void MoveToOuterDisposeScope()
    {
        Loss.MoveToOuterDisposeScope();
        foreach (var value in Metrics.Values) value.MoveToOuterDisposeScope();
    }

    /// <summary>Reads all metrics at once: one wait for the device.</summary>
    public IReadOnlyDictionary<string, double> ReadMetrics()
    {
        using var scope = NewDisposeScope();
        var names = Metrics.Keys.ToArray();
        var values = stack([.. names.Select(n => Metrics[n])]).ToNumbers<double>();
        return names.Zip(values).ToDictionary(p => p.First, p => p.Second);
    }
}
