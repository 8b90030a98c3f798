using static TorchSharp.torch;

namespace KdRl.Tests.Distillation;

/// <summary>Compares autograd with central differences in float64.</summary>
internal static class FiniteDifference
{
    public static void Check(Tensor at, Func<Tensor, Tensor> loss, double step = 1e-5, double tolerance = 1e-8)
    {
        using var scope = NewDisposeScope();
        var x = at.detach().clone().requires_grad_();
        loss(x).sum().backward();
        var exact = Near.Numbers(x.grad!);
        var numeric = new double[exact.Length];
        for (var i = 0; i < exact.Length; i++) numeric[i] = (Shifted(i, step) - Shifted(i, -step)) / (2 * step);
        Near.Equal(numeric, exact, tolerance);

        double Shifted(int i, double by)
        {
            var moved = at.detach().clone();
            moved.view(-1)[i] += by;
            return loss(moved).sum().item<double>();
        }
    }
}
