using static TorchSharp.torch;

namespace KdRl.Transformers.Models;

/// <summary>The second sublayer of a decoder layer: one feed-forward block, or a mixture of them.</summary>
internal interface IFeedForward
{
    /// <param name="input"><c>[…,H]</c></param>
    /// <param name="load">Takes down how tokens spread over experts; null: nobody wants to know.</param>
    /// <returns><c>[…,H]</c></returns>
    Tensor Forward(Tensor input, ExpertLoad? load);

    /// <summary>The projections as checkpoints know them.</summary>
    IEnumerable<ProjectionPart> Projections(string prefix);

    /// <summary>All weights under their Hugging Face names.</summary>
    IEnumerable<WeightPart> Weights(string prefix);
}
