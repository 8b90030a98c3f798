using KdRl.Tensors;
using static TorchSharp.torch;

namespace KdRl.TestSupport;

/// <summary>The toy's model, of which a token is said to take much.</summary>
internal sealed class HeavyToyModel : nn.Module, ICausalModel, IActivationMemory
{
    private readonly ToyModel inner;

    public HeavyToyModel(ToyModel inner, long bytesPerToken) : base(nameof(HeavyToyModel))
    {
        (this.inner, ActivationBytesPerToken) = (inner, bytesPerToken);
        register_module(nameof(inner), inner);
    }

    public long ActivationBytesPerToken { get; }

    public Tensor OutputWeight => inner.OutputWeight;

    public Tensor Hidden(Tensor ids, Tensor positions, Tensor? attention) => inner.Hidden(ids, positions, attention);
}
