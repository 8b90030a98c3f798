namespace KdRl.Transformers.Models;

/// <summary>Some outputs of a projection, which checkpoints know as a projection of its own.</summary>
/// <param name="Name">Name within the layer, such as <c>self_attn.q_proj</c>.</param>
/// <param name="Projection">The projection.</param>
/// <param name="Start">First output.</param>
/// <param name="Rows">Number of outputs.</param>
/// <param name="RotaryHeadDim">Width of a head when the outputs are turned by rotary positions (<see cref="HeadLayout"/>), else null.</param>
internal sealed record ProjectionPart(string Name, Projection Projection, long Start, long Rows, int? RotaryHeadDim)
{
    /// <summary>Weight and, where there is one, bias.</summary>
    public IEnumerable<WeightPart> Weights(string prefix)
    {
        yield return new WeightPart($"{prefix}{Name}.weight", Projection.Weight, Start, Rows, RotaryHeadDim);
        if (Projection.Bias is not null) yield return new WeightPart($"{prefix}{Name}.bias", Projection.Bias, Start, Rows, RotaryHeadDim);
    }
}
