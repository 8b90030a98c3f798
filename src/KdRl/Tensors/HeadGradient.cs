using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>Gradients of hidden states and head weight, gathered chunk by chunk from the gradient of the logits.</summary>
/// <remarks>
/// Each chunk reads and writes the sum of the weight's gradient, so that the sum's size counts. Few chunks are summed in the dtype of the
/// weight: each product is added before it is rounded, at most 32 roundings in all. More are summed in the softmax dtype. Under
/// <see cref="DirectGradients"/> the first are summed in its table, and there is no other.
/// </remarks>
internal sealed class HeadGradient
{
    /// <summary>Most chunks that are summed in a low-precision dtype.</summary>
    public const long MostRoundings = 32;

    private readonly Tensor hidden;
    private readonly Tensor weight;
    private readonly Tensor? ofHidden;
    private readonly Tensor? ofWeight;
    private readonly Tensor? shared;

    /// <param name="hidden">Hidden states, <c>[N,H]</c>.</param>
    /// <param name="weight">Head, <c>[V,H]</c>.</param>
    /// <param name="settings">How the tokens are cut.</param>
    /// <param name="direct">Where the weight's gradient is to be added; null: it is handed over.</param>
    public HeadGradient(Tensor hidden, Tensor weight, HeadSettings settings, DirectGradients.Table? direct)
    {
        (this.hidden, this.weight) = (hidden, weight);
        if (hidden.requires_grad) ofHidden = empty_like(hidden);
        if (!weight.requires_grad) return;
        shared = direct?.Gradient;
        var type = hidden.shape[0] <= MostRoundings * settings.ChunkRows ? weight.dtype : settings.Dtype;
        ofWeight = shared is not null && type == weight.dtype ? shared : hidden.shape[0] > 0 && type == weight.dtype ? empty_like(weight) : zeros(weight.shape, type, weight.device);
    }

    /// <summary>Adds the rows [start, start + count), given the gradient of their logits; called in their order, inside the chunk's dispose scope.</summary>
    public void Add(long start, long count, Tensor logitGradient)
    {
        ofHidden?.narrow(0, start, count).addmm_(logitGradient, weight, 0, 1);
        if (ofWeight is null) return;
        var rows = hidden.narrow(0, start, count);
        // The first chunk does not read a sum that begins with it.
        if (ofWeight.dtype == weight.dtype) ofWeight.addmm_(logitGradient.t(), rows, start == 0 && shared is null ? 0 : 1, 1);
        else ofWeight.add_(logitGradient.t().mm(rows), Scalars.One);
    }

    /// <summary>The two gradients; null where none is wanted, or it was added where it should be.</summary>
    public (Tensor? Hidden, Tensor? Weight) Result()
    {
        if (shared is null) return (ofHidden, ofWeight?.to(weight.dtype));
        if (!ReferenceEquals(shared, ofWeight)) shared.add_(ofWeight!.to(weight.dtype), Scalars.One);
        return (ofHidden, null);
    }
}
