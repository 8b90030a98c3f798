using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>The balance loss of a model's forward passes: the sum over layers of the loss over all tokens of the passes together.</summary>
internal sealed class BalanceLoss
{
    private BalanceLoss(TransformerConfig config, ExpertConfig experts) => Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new ExpertLoad(experts))];

    /// <summary>What each layer takes down.</summary>
    public IReadOnlyList<ExpertLoad> Layers { get; }

    /// <summary>Null when the model has none or nobody collects it.</summary>
    public static BalanceLoss? Of(TransformerConfig config) =>
        config.Experts is { BalanceCoefficient: > 0 } experts && AuxiliaryLosses.AreWanted ? new BalanceLoss(config, experts) : null;

    /// <summary>Says which tokens of the pass to come are real, <c>bool [B,T]</c>; null: all.</summary>
    public void Count(Tensor? real)
    {
        foreach (var layer in Layers) layer.Counted = real;
    }

    /// <summary>Gives the loss to whoever collects it.</summary>
    public void HandIn()
    {
        foreach (var loss in Layers.Select(layer => layer.Loss()).OfType<Tensor>()) AuxiliaryLosses.Add(loss);
    }
}
