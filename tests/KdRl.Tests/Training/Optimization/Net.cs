using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace KdRl.Tests.Training.Optimization;

/// <summary>A small network with matrices, vectors and a parameter whose name says that it does not decay.</summary>
internal sealed class Net : nn.Module
{
    private readonly Linear first = nn.Linear(6, 17);
    private readonly LayerNorm norm = nn.LayerNorm(17);
    private readonly Linear skip = nn.Linear(17, 3);
    private readonly Tensor input;

    public Net(ScalarType dtype) : base("net")
    {
        manual_seed(5);
        foreach (var layer in (Linear[])[first, skip])
        {
            nn.init.normal_(layer.weight!);
            nn.init.normal_(layer.bias!);
        }
        input = randn(8, 6).to(dtype).DetachFromDisposeScope();
        RegisterComponents();
        this.to(dtype);
    }

    public Tensor Loss() => skip.call(norm.call(first.call(input)).tanh()).pow(2).sum().to(ScalarType.Float32);

    protected override void Dispose(bool disposing)
    {
        input.Dispose();
        base.Dispose(disposing);
    }
}
