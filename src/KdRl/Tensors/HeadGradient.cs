using static TorchSharp.torch;

namespace KdRl.Tensors;

/// <summary>
/// Gradients of hidden states and head weight, gathered chunk by chunk from the gradient of the logits. The weight's is
/// summed in the softmax dtype, so that many chunks of a bfloat16 head lose nothing.
/// </summary>
internal sealed class HeadGradient
{
    private readonly Tensor hidden;
    private readonly Tensor weight;
    private readonly List<Tensor> hiddenParts = [];
    private readonly Tensor? weightSum;

    public HeadGradient(Tensor hidden, Tensor weight, HeadSettings settings)
    {
        (this.hidden, this.weight) = (hidden, weight);
        if (weight.requires_grad) weightSum = zeros(weight.shape, settings.Dtype, weight.device);
    }

    /// <summary>Adds the rows [start, start + count), given the gradient of their logits; called inside the chunk's dispose scope.</summary>
    public void Add(long start, long count, Tensor logitGradient)
    {
        var own = logitGradient.to(weight.dtype);
        if (hidden.requires_grad) hiddenParts.Add(own.mm(weight).MoveToOuterDisposeScope());
        if (weightSum is null) return;
        var rows = hidden.narrow(0, start, count);
        if (weightSum.dtype == weight.dtype) weightSum.addmm_(own.t(), rows);
        else weightSum.add_(own.t().mm(rows), Scalars.One);
    }

    /// <summary>The two gradients; null where none is wanted.</summary>
    public (Tensor? Hidden, Tensor? Weight) Result() => (
        hidden.requires_grad ? hiddenParts.Count == 0 ? zeros_like(hidden) : hiddenParts.Count == 1 ? hiddenParts[0] : cat(hiddenParts) : null,
        weightSum?.to(weight.dtype));
}
